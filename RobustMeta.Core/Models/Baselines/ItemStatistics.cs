using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>How often each item was rated by the meta-training users, and how well.</summary>
/// <param name="Counts">Number of ratings per item.</param>
/// <param name="Sums">Sum of labels per item (clicks: number of positives).</param>
public sealed record ItemStatistics(ImmutableArray<double> Counts, ImmutableArray<double> Sums)
{
    /// <summary>Mean label over all ratings.</summary>
    public double Mean { get; } = Sums.Sum() / Math.Max(1, Counts.Sum());

    /// <summary>Statistics of what the meta-training tasks show: their supports and queries.</summary>
    public static ItemStatistics Of(TaskSource source, ImmutableArray<UserTask> train)
    {
        var counts = new double[source.Ratings.Items.Count];
        var sums = new double[source.Ratings.Items.Count];
        foreach (var row in train.SelectMany(task => task.Support.Concat(task.Query)))
        {
            counts[source.Ratings.ItemIndex[row]]++;
            sums[source.Ratings.ItemIndex[row]] += source.LabelOf(row);
        }
        return new([.. counts], [.. sums]);
    }

    /// <summary>Statistics of all supports and queries of a batch.</summary>
    /// <param name="batch">The tasks.</param>
    /// <param name="items">Number of items.</param>
    public static ItemStatistics Of(TaskBatch batch, int items)
    {
        var counts = new double[items];
        var sums = new double[items];
        for (var i = 0; i < batch.SupportItems.Length; i++)
        {
            counts[batch.SupportItems[i]]++;
            sums[batch.SupportItems[i]] += batch.SupportLabels[i];
        }
        for (var i = 0; i < batch.QueryItems.Length; i++)
        {
            counts[batch.QueryItems[i]]++;
            sums[batch.QueryItems[i]] += batch.QueryLabels[i];
        }
        return new([.. counts], [.. sums]);
    }
}
