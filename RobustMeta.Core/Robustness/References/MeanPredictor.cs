using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The mean score of several predictors.</summary>
/// <param name="name">Name of the method.</param>
/// <param name="members">At least one.</param>
public sealed class MeanPredictor(string name, ImmutableArray<IPredictor> members) : IPredictor
{
    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc/>
    public bool ScoresAreLabels => members.All(member => member.ScoresAreLabels);

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var mean = new float[batch.QueryItems.Length];
        foreach (var member in members)
        {
            var scores = member.Predict(batch);
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += scores[i] / members.Length;
            }
        }
        return mean;
    }
}
