using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// A weight per group of users that ascends with the group's streaming average loss, which is kept from epoch to epoch:
/// Group DRO (Sagawa et al., ICLR 2020); with an average over several batches its streaming form (Wen et al., WWW 2022).
/// Every group starts with the same fraction of the objective; a user's weight is the group's fraction of the objective
/// over its fraction of the users. With a <see cref="Trend"/> it is TDRO (Lin et al., AAAI 2024), whose weights ascend with the batch
/// that they weigh.
/// </summary>
/// <param name="groups">Group of each training user, 0 … K − 1.</param>
/// <param name="ascent">How the groups' weights ascend.</param>
/// <param name="average">Fraction of the newest loss in the average, in (0, 1].</param>
/// <param name="adjustment">C of the adjustment C/√n_g for the generalisation gap of small groups.</param>
internal sealed class GroupUsers(ImmutableArray<int> groups, WeightAscent ascent, double average, double adjustment)
    : IGradientUsers
{
    private readonly double[] weights = [.. Enumerable.Repeat(1.0, groups.Max() + 1)];
    private readonly double[] losses = new double[groups.Max() + 1];
    private readonly double[] seen = new double[groups.Max() + 1];
    private readonly double[] sums = new double[groups.Max() + 1];
    private readonly double[] counts = new double[groups.Max() + 1];
    private readonly double[] sizes = Sizes(groups);

    /// <summary>Trends of the groups; null where weights ascend with losses alone.</summary>
    public PeriodTrend? Trend { get; init; }

    /// <summary>λ: fraction of the trend in what the weights ascend with, the rest is the loss.</summary>
    public double TrendFraction { get; init; }

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]>
        {
            ["group.weights"] = weights,
            ["group.losses"] = losses,
            ["group.seen"] = seen,
        };

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> target)
    {
        if (Trend is not null)
        {
            Update(batch, values);
        }
        var even = (double)groups.Length / weights.Length;
        for (var b = 0; b < batch.Count; b++)
        {
            var group = groups[batch.Positions[b]];
            target[b] = weights[group] * even / sizes[group];
        }
    }

    public void Arrange(Span<int> users) => Trend?.Arrange(users);

    public int[][] Parts(TaskBatch batch) => Trend?.Parts(batch) ?? [];

    public void See(TaskBatch batch, double[,] products) => Trend?.See(batch, products);

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (Trend is null)
        {
            Update(batch, values);
        }
    }

    private void Update(TaskBatch batch, ReadOnlySpan<double> values)
    {
        var trends = Trend?.Of(batch, values);
        Array.Clear(sums);
        Array.Clear(counts);
        for (var b = 0; b < batch.Count; b++)
        {
            sums[groups[batch.Positions[b]]] += values[b];
            counts[groups[batch.Positions[b]]]++;
        }
        for (var g = 0; g < weights.Length; g++)
        {
            if (counts[g] > 0)
            {
                var loss = sums[g] / counts[g] + adjustment / Math.Sqrt(sizes[g]);
                if (trends is not null)
                {
                    loss = (1 - TrendFraction) * loss + TrendFraction * trends[g];
                }
                losses[g] += (seen[g] > 0 ? average : 1) * (loss - losses[g]);
                seen[g] = 1;
            }
        }
        ascent.Ascend(weights, losses);
    }

    public void EndEpoch(ReadOnlySpan<double> values) { }

    public double Worst(ReadOnlySpan<double> values)
    {
        var means = new double[weights.Length];
        for (var user = 0; user < values.Length; user++)
        {
            means[groups[user]] += values[user] / sizes[groups[user]];
        }
        return ascent.Worst(means);
    }

    private static double[] Sizes(ImmutableArray<int> groups)
    {
        var sizes = new double[groups.Max() + 1];
        foreach (var group in groups)
        {
            sizes[group]++;
        }
        return sizes;
    }
}
