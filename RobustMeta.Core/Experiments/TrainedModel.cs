using RobustMeta.Engine;
using RobustMeta.Robustness;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>A trained model whose engine is not disposed of yet.</summary>
/// <param name="Engine">Predicts with the parameters of the best epoch.</param>
/// <param name="Training">History of the training.</param>
/// <param name="Weights">Learned weights of the best epoch.</param>
/// <param name="Losses">Loss of each training query interaction at the best epoch; empty where no weights are learned.</param>
/// <param name="Cost">What the training cost.</param>
internal sealed record TrainedModel(
    IMetaGradientEngine Engine,
    TrainingResult Training,
    HierarchicalWeights Weights,
    IReadOnlyList<float> Losses,
    RunCost Cost
) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();
}
