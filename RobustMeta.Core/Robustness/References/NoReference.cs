using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The adversary maximises the losses themselves, as in the paper.</summary>
public sealed class NoReference : Reference
{
    /// <inheritdoc/>
    public override string Name => "none";

    /// <inheritdoc/>
    public override IPredictor? Predictor => null;

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Scores => default;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double[]> State { get; } = new Dictionary<string, double[]>();

    /// <inheritdoc/>
    public override void UserMeans(TaskBatch batch, Span<double> means) => means.Clear();

    /// <inheritdoc/>
    public override void Excess(TaskBatch batch, ReadOnlySpan<float> losses, Span<double> excess)
    {
        for (var i = 0; i < losses.Length; i++)
        {
            excess[i] = losses[i];
        }
    }
}
