using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// Computes one model's losses after adaptation and the meta-gradient. A batch goes through in two halves, since the
/// weights of a robust objective depend on the losses: <see cref="Forward"/>, then <see cref="Backward"/> of the same
/// batch.
/// </summary>
public interface IMetaGradientEngine : IDisposable
{
    /// <summary>The meta-parameters, which <see cref="Backward"/> gives gradients.</summary>
    ParameterSet Parameters { get; }

    /// <summary>
    /// Adapts every task on its support set and returns the loss of each query interaction, laid out as
    /// <see cref="TaskBatch.QueryItems"/>. Valid until the next call.
    /// </summary>
    /// <param name="batch">The tasks.</param>
    /// <param name="supportWeights">
    /// Weight of each support interaction, laid out as <see cref="TaskBatch.SupportItems"/>, with mean one per task (see
    /// <see cref="TaskTensors.SupportWeights"/>); empty for uniform weights.
    /// </param>
    /// <param name="phase">One of <see cref="MetaRecommender.Phases"/>; null for the last.</param>
    /// <exception cref="NotSupportedException">The model takes no support weights.</exception>
    ReadOnlySpan<float> Forward(
        TaskBatch batch,
        ReadOnlySpan<float> supportWeights = default,
        TrainingPhase? phase = null
    );

    /// <summary>
    /// Sets every <see cref="Parameter.Gradient"/> to the gradient of the objective of the last <see cref="Forward"/>,
    /// <c>Σ_i queryWeights[i] · (loss[i] + own_i) + Σ_u userWeights[u] · own_u + own</c>, where own is what the model
    /// itself adds (see <see cref="Prediction"/>; most add nothing); the weights count as constants. Parameters that the
    /// phase does not learn, and state, get exactly zero. Then writes the model's new state.
    /// </summary>
    /// <param name="queryWeights">One weight per query interaction: user weight × interaction weight.</param>
    /// <param name="userWeights">One weight per task, <c>[B]</c>.</param>
    void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights);

    /// <summary>
    /// After a <see cref="Backward"/> whose <see cref="Forward"/> was given support weights: the derivative of the
    /// objective with respect to each of them, laid out as <see cref="TaskBatch.SupportItems"/>. Empty otherwise.
    /// </summary>
    /// <exception cref="NotSupportedException">First-order adaptation: there is no such derivative.</exception>
    ReadOnlySpan<float> SupportGradient { get; }

    /// <summary>Scores of all query interactions after adaptation; no gradient, no change of state.</summary>
    float[] Predict(TaskBatch batch);
}
