using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// What losses are measured against. An adversary that maximises the excess over a reference does not put weight on noise: an
/// interaction that every model predicts badly has no excess (excess risk, Agarwal and Zhang, 2022). The reference must be
/// out-of-sample (fitted without the user on whom it is compared) and should be better than the model. The learner still
/// descends on losses.
/// </summary>
public abstract class Reference
{
    /// <summary>Name as it stands in specs.</summary>
    public abstract string Name { get; }

    /// <summary>The reference as a method for unseen users, to compare the model with; null where it is none.</summary>
    public abstract IPredictor? Predictor { get; }

    /// <summary>Score of every training query interaction, user after user, for distillation; empty where there is none.</summary>
    public abstract ReadOnlyMemory<float> Scores { get; }

    /// <summary>State that the reference updates during training, for checkpoints; empty for fixed ones.</summary>
    public abstract IReadOnlyDictionary<string, double[]> State { get; }

    /// <summary>Mean reference loss of each task of a batch, <c>[B]</c>; zero where the reference has none.</summary>
    public abstract void UserMeans(TaskBatch batch, Span<double> means);

    /// <summary>Writes loss minus reference loss of each query interaction.</summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="losses">Losses, as <see cref="TaskBatch.QueryItems"/>.</param>
    /// <param name="excess">Receives it, same layout.</param>
    public abstract void Excess(TaskBatch batch, ReadOnlySpan<float> losses, Span<double> excess);
}
