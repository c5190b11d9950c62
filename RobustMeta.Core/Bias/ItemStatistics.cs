using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Bias;

/// <summary>How often each item was rated by the meta-training users, and how well.</summary>
/// <param name="Counts">Number of ratings per item.</param>
/// <param name="Sums">Sum of labels per item (clicks: number of positives).</param>
public sealed record ItemStatistics(ImmutableArray<double> Counts, ImmutableArray<double> Sums)
{
    /// <summary>Mean label over all ratings.</summary>
    public double Mean { get; } = Sums.Sum() / Math.Max(1, Counts.Sum());

    /// <summary>Statistics of the ratings of the meta-training tasks, supports and queries.</summary>
    public static ItemStatistics Of(TaskSource source, ImmutableArray<UserTask> train)
    {
        ArgumentNullException.ThrowIfNull(source);
        var counts = new double[source.Ratings.Items.Count];
        var sums = new double[source.Ratings.Items.Count];
        foreach (var row in train.SelectMany(task => task.Support.Concat(task.Query)))
        {
            counts[source.Ratings.ItemIndex[row]]++;
            sums[source.Ratings.ItemIndex[row]] += source.LabelOf(row);
        }
        return new([.. counts], [.. sums]);
    }
}
