using RobustMeta.Bias;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// Any engine on top of the bias model: each batch gets the bias model's scores as its bias offsets, so the model learns
/// and adapts to what the bias model leaves unexplained.
/// </summary>
/// <param name="inner">The engine; disposed with this one.</param>
/// <param name="bias">The bias model of the meta-training users.</param>
public sealed class OffsetEngine(IMetaGradientEngine inner, BiasModel bias) : IMetaGradientEngine, IPartEngine
{
    private readonly IMetaGradientEngine inner = inner ?? throw new ArgumentNullException(nameof(inner));
    private readonly BiasModel bias = bias ?? throw new ArgumentNullException(nameof(bias));

    /// <inheritdoc/>
    public ParameterSet Parameters => inner.Parameters;

    /// <inheritdoc/>
    public ReadOnlySpan<float> SupportGradient => inner.SupportGradient;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Forward(
        TaskBatch batch,
        ReadOnlySpan<float> supportWeights = default,
        TrainingPhase? phase = null
    ) => inner.Forward(OnTopOfBias(batch), supportWeights, phase);

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> queryWeights, ReadOnlySpan<float> userWeights) =>
        inner.Backward(queryWeights, userWeights);

    /// <inheritdoc/>
    bool IPartEngine.TakesParts(TrainingPhase phase) => inner is IPartEngine parted && parted.TakesParts(phase);

    /// <inheritdoc/>
    ReadOnlySpan<float> IPartEngine.ForwardParts(TaskBatch batch, ReadOnlySpan<int> ends, TrainingPhase phase) =>
        Parted.ForwardParts(OnTopOfBias(batch), ends, phase);

    /// <inheritdoc/>
    double[,] IPartEngine.PartProducts() => Parted.PartProducts();

    /// <inheritdoc/>
    void IPartEngine.BackwardParts(ReadOnlySpan<float> factors) => Parted.BackwardParts(factors);

    private IPartEngine Parted => (IPartEngine)inner;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => inner.Predict(OnTopOfBias(batch));

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private TaskBatch OnTopOfBias(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (support, query) = bias.Scores(batch);
        return batch.WithOffsets(support, query);
    }
}
