using RobustMeta.Tasks;

namespace RobustMeta.Bias;

/// <summary>Item effect plus user effect, both shrunk, as a method to compare with (see <see cref="BiasModel"/>).</summary>
/// <param name="model">The model.</param>
public sealed class BiasPredictor(BiasModel model) : IPredictor
{
    /// <inheritdoc/>
    public string Name => "bias";

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => [.. model.Scores(batch).Query];
}
