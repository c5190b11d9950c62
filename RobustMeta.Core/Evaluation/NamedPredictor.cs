using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>A method under another name.</summary>
/// <param name="name">Name in results.</param>
/// <param name="method">The method.</param>
public sealed class NamedPredictor(string name, IPredictor method) : ITestSetPredictor
{
    private readonly IPredictor method = method ?? throw new ArgumentNullException(nameof(method));

    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public bool ScoresAreLabels => method.ScoresAreLabels;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return method.Predict(batch);
    }

    /// <inheritdoc/>
    public IPredictor On(int testSet) =>
        method is ITestSetPredictor own ? new NamedPredictor(Name, own.On(testSet)) : this;
}
