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
    /// <summary>The slow parameters, which <see cref="Backward"/> gives gradients.</summary>
    ParameterSet Parameters { get; }

    /// <summary>
    /// Adapts every task on its support set (uniform weights) and returns the loss of each query interaction, laid out
    /// as <see cref="TaskBatch.QueryItems"/>. Valid until the next call.
    /// </summary>
    ReadOnlySpan<float> Forward(TaskBatch batch);

    /// <summary>
    /// Sets every <see cref="Parameter.Gradient"/> to the gradient of <c>Σ_i weights[i] · loss[i]</c> of the last
    /// <see cref="Forward"/>; the weights count as constants.
    /// </summary>
    /// <param name="weights">One weight per query interaction: user weight × interaction weight.</param>
    void Backward(ReadOnlySpan<float> weights);

    /// <summary>Scores of all query interactions after adaptation; no gradient, no change of state.</summary>
    float[] Predict(TaskBatch batch);
}
