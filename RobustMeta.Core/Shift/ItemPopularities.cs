using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>How often the meta-training users rated each item: nothing is learned from test users.</summary>
internal static class ItemPopularities
{
    /// <summary>log(1 + number of ratings by meta-training users), by item index.</summary>
    /// <param name="source">Ratings.</param>
    /// <param name="train">Meta-training tasks.</param>
    public static ImmutableArray<double> Logarithms(TaskSource source, ImmutableArray<UserTask> train)
    {
        var counts = new double[source.Ratings.Items.Count];
        foreach (var task in train)
        {
            foreach (var row in source.Ratings.RowsOf(task.User))
            {
                counts[source.Ratings.ItemIndex[row]]++;
            }
        }
        return [.. counts.Select(count => Math.Log(count + 1))];
    }
}
