using System.Collections.Immutable;
using RobustMeta.Models.Baselines;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>The shrunk item and user bias model; each training user's own ratings are left out of the item statistics.</summary>
public static class BiasReference
{
    /// <summary>Name as it stands in specs.</summary>
    public const string Name = "bias";

    /// <summary>The reference losses of all training tasks.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="train">All training tasks as one batch.</param>
    /// <param name="items">Number of items.</param>
    public static FixedReference Of(LabelKind label, TaskBatch train, int items)
    {
        var statistics = ItemStatistics.Of(train, items);
        var scores = ImmutableArray.CreateBuilder<float>(train.QueryItems.Length);
        for (var user = 0; user < train.Count; user++)
        {
            scores.AddRange(new BiasBaseline(label, statistics.Without(train, user)).ScoresOf(train, user));
        }
        var all = scores.MoveToImmutable();
        return new(
            Name,
            train,
            [.. PointLoss.Of(label, all.AsSpan(), train.QueryLabels.AsSpan())],
            all,
            new BiasBaseline(label, statistics)
        );
    }
}
