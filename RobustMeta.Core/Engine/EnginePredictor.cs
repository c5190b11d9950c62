using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>A meta-recommender at its engine's current parameters, as a method to evaluate.</summary>
/// <param name="name">Name of the method.</param>
/// <param name="engine">The engine.</param>
public sealed class EnginePredictor(string name, IMetaGradientEngine engine) : IPredictor
{
    private readonly IMetaGradientEngine engine = engine ?? throw new ArgumentNullException(nameof(engine));

    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => engine.Predict(batch);
}
