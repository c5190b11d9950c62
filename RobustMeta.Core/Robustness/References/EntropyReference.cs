using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// One constant per user: the loss of the best constant prediction of the user's query labels, their entropy (clicks) or
/// variance (ratings).
/// </summary>
public static class EntropyReference
{
    /// <summary>Name as it stands in specs.</summary>
    public const string Name = "entropy";

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="source">Their ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    public static FixedReference Of(TaskSource source, ImmutableArray<UserTask> tasks)
    {
        var train = source.Batch(tasks, [.. Enumerable.Range(0, tasks.Length)]);
        var losses = ImmutableArray.CreateBuilder<double>(train.QueryItems.Length);
        for (var user = 0; user < train.Count; user++)
        {
            var labels = train.QueryLabels[train.QueryOffsets[user]..train.QueryOffsets[user + 1]];
            var mean = labels.Average(y => (double)y);
            var constant =
                source.Label == LabelKind.Click ? Entropy(mean) : labels.Average(y => (y - mean) * (y - mean));
            losses.AddRange(Enumerable.Repeat(constant, labels.Length));
        }
        return new(Name, train, losses.MoveToImmutable(), [], null);
    }

    private static double Entropy(double p) => p is > 0 and < 1 ? -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p)) : 0;
}
