using RobustMeta.Engine;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>The method of a run as it was evaluated, with its engines. One thread at a time.</summary>
/// <param name="predictor">The method.</param>
/// <param name="engines">Its engines, one a member of a population.</param>
internal sealed class RunPredictor(IPredictor predictor, IReadOnlyList<IMetaGradientEngine> engines)
    : IPredictor,
        IDisposable
{
    /// <inheritdoc/>
    public string Name => predictor.Name;

    /// <inheritdoc/>
    public bool ScoresAreLabels => predictor.ScoresAreLabels;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => predictor.Predict(batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var engine in engines)
        {
            engine.Dispose();
        }
    }
}
