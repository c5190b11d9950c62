using RobustMeta.Tasks;

namespace RobustMeta.Bias;

/// <summary>Item effect plus user effect, both shrunk, as a method to compare with (see <see cref="BiasModel"/>).</summary>
/// <param name="model">The model.</param>
public sealed class BiasPredictor(BiasModel model) : IPredictor
{
    private readonly BiasModel model = model ?? throw new ArgumentNullException(nameof(model));

    /// <inheritdoc/>
    public string Name => "bias";

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [.. model.Scores(batch).Query];
    }
}
