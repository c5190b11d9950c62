using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>A method under another name.</summary>
/// <param name="name">Name in results.</param>
/// <param name="method">The method.</param>
public sealed class NamedPredictor(string name, IPredictor method) : ITestSetPredictor
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public bool ScoresAreLabels => method.ScoresAreLabels;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => method.Predict(batch);

    /// <inheritdoc/>
    public IPredictor On(int testSet) =>
        method is ITestSetPredictor own ? new NamedPredictor(Name, own.On(testSet)) : this;
}
