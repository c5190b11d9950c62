using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>How often each item occurs in the supports and queries of some tasks.</summary>
internal static class ItemPopularity
{
    public static ImmutableArray<double> Of(TaskBatch tasks, int items)
    {
        var counts = new double[items];
        foreach (var item in tasks.SupportItems)
        {
            counts[item]++;
        }
        foreach (var item in tasks.QueryItems)
        {
            counts[item]++;
        }
        return [.. counts];
    }
}
