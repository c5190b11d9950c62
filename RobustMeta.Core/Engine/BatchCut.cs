using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine;

/// <summary>
/// Cuts a batch into parts of users with supports and queries of like length, so that little of a padded part is padding
/// and several cores have something to do. A function of the model and the lengths alone, never of the number of threads.
/// </summary>
internal static class BatchCut
{
    // A part that is longer than so many times its cost is cut even where it has no padding: work for another core at a
    // quarter more of operators at most.
    private const int Longest = 4;

    private const int AverageCost = 2500;

    /// <summary>What a part costs beside its cells, in cells.</summary>
    /// <remarks>
    /// Measured on batches of 32 users of MovieLens-100K with supports of 3 to 90, whole and cut in two, CPU time of one
    /// thread: 700 to 800 for MetaEmb and MAMO, 1,900 for MetaPMF, 2,800 for TaNP and LWA, whose many small operators cost
    /// more than what they compute. Cut at 800, the last three took 1.2 to 1.8 times as long as whole.
    /// </remarks>
    public static int PartCost(MetaRecommender model) => (model as IPartCost)?.PartCost ?? AverageCost;

    /// <summary>The places of the users of each part; the part that costs most first.</summary>
    /// <param name="batch">The tasks.</param>
    /// <param name="partCost">See <see cref="PartCost"/>.</param>
    public static ImmutableArray<int[]> Of(TaskBatch batch, int partCost)
    {
        var users = Enumerable.Range(0, batch.Count).ToArray();
        // Sorted one way, lengths of the other side are mixed up: which way is best depends on the batch.
        var cuts = new[]
        {
            Cheapest(batch, [.. users.OrderBy(batch.SupportLength).ThenBy(batch.QueryLength)], partCost),
            Cheapest(batch, [.. users.OrderBy(batch.QueryLength).ThenBy(batch.SupportLength)], partCost),
            Cheapest(batch, [.. users.OrderBy(u => batch.SupportLength(u) + batch.QueryLength(u))], partCost),
        };
        return [.. cuts.MinBy(cut => cut.Cost).Parts.OrderByDescending(part => Cells(batch, part))];
    }

    /// <summary>Interactions of a part when both sides are padded.</summary>
    public static long Cells(TaskBatch batch, ReadOnlySpan<int> part)
    {
        var (support, query) = (0, 0);
        foreach (var user in part)
        {
            support = Math.Max(support, batch.SupportLength(user));
            query = Math.Max(query, batch.QueryLength(user));
        }
        return (long)part.Length * (support + query);
    }

    // The cheapest cut of a sequence into runs: best[i] is the cost of the first i users.
    private static (long Cost, List<int[]> Parts) Cheapest(TaskBatch batch, int[] order, int partCost)
    {
        var best = new long[order.Length + 1];
        var start = new int[order.Length + 1];
        for (var end = 1; end <= order.Length; end++)
        {
            best[end] = long.MaxValue;
            var (support, query) = (0, 0);
            for (var first = end - 1; first >= 0; first--)
            {
                support = Math.Max(support, batch.SupportLength(order[first]));
                query = Math.Max(query, batch.QueryLength(order[first]));
                var cells = (long)(end - first) * (support + query);
                if (cells > Longest * (long)partCost && first < end - 1)
                {
                    break;
                }
                if (best[first] + partCost + cells is var cost && cost < best[end])
                {
                    (best[end], start[end]) = (cost, first);
                }
            }
        }
        var parts = new List<int[]>();
        for (var end = order.Length; end > 0; end = start[end])
        {
            parts.Add(order[start[end]..end]);
        }
        return (best[^1], parts);
    }
}
