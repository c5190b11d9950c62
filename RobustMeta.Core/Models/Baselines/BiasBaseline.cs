using RobustMeta.Models.Offsets;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>Item offset plus user offset, both shrunk, as a method to compare with (see <see cref="BiasModel"/>).</summary>
/// <param name="model">The model.</param>
public sealed class BiasBaseline(BiasModel model) : IPredictor
{
    /// <inheritdoc/>
    public string Name => "bias";

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => [.. model.Scores(batch).Query];
}
