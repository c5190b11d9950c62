using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// One constant per user: the loss of the best constant prediction of the user's query labels, their entropy (clicks) or
/// variance (ratings).
/// </summary>
public sealed class EntropyReference()
    : ReferenceKind(Keyword, "the entropy (ratings: variance) of each user's labels, one constant a user")
{
    private const string Keyword = "entropy";

    /// <inheritdoc/>
    public override bool Predicts => false;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Of(input.Source, input.Tasks);
    }

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="source">Their ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    public static FixedReference Of(TaskSource source, ImmutableArray<UserTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(source);
        var train = source.All(tasks);
        var losses = ImmutableArray.CreateBuilder<double>(train.QueryItems.Length);
        for (var user = 0; user < train.Count; user++)
        {
            var labels = train.QueryLabels[train.QueryRange(user)];
            var mean = labels.Average(y => (double)y);
            var constant =
                source.Label == LabelKind.Click ? Entropy(mean) : labels.Average(y => (y - mean) * (y - mean));
            losses.AddRange(Enumerable.Repeat(constant, labels.Length));
        }
        return new(Keyword, train, losses.MoveToImmutable(), [], null);
    }

    private static double Entropy(double p) => p is > 0 and < 1 ? -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p)) : 0;
}
