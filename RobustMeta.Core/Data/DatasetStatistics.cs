using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>The figures by which a data set is described (table T1).</summary>
public sealed record DatasetStatistics
{
    /// <summary>Users with at least one row.</summary>
    public required int Users { get; init; }

    /// <summary>Items with at least one row.</summary>
    public required int Items { get; init; }

    /// <summary>Items in all, including those without a row.</summary>
    public required int ItemsInAll { get; init; }

    /// <summary>Rows.</summary>
    public required int Interactions { get; init; }

    /// <summary>Fraction of the pairs of users and items with rows that have one.</summary>
    public required double Density { get; init; }

    /// <summary>Rows of a user.</summary>
    public required Spread Activity { get; init; }

    /// <summary>Rows of an item.</summary>
    public required Spread Popularity { get; init; }

    /// <summary>Rows of a user by the user's rank, as a curve.</summary>
    public required IReadOnlyList<(int Rank, int Rows)> ActivityCurve { get; init; }

    /// <summary>Rows of an item by the item's rank, as a curve.</summary>
    public required IReadOnlyList<(int Rank, int Rows)> PopularityCurve { get; init; }

    /// <summary>How many rows have each value, in order of the values; the first hundred values.</summary>
    public required IReadOnlyList<(float Value, int Rows)> ValueCounts { get; init; }

    /// <summary>Values of the rows.</summary>
    public required Spread Values { get; init; }

    /// <summary>Number of different values.</summary>
    public required int DistinctValues { get; init; }

    /// <summary>Fraction of the rows whose value reaches the threshold.</summary>
    public required double Relevant { get; init; }

    /// <summary>Unix times, in seconds, of the first and last row; null where times are unknown.</summary>
    public required (long First, long Last)? Times { get; init; }

    /// <summary>The figures of some ratings.</summary>
    /// <param name="ratings">The ratings; at least one row.</param>
    /// <param name="threshold">Smallest rating that is relevant; compared in single precision, as ratings are.</param>
    /// <exception cref="ArgumentException">There is no row.</exception>
    public static DatasetStatistics Of(Ratings ratings, double threshold)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        if (ratings.Count == 0)
        {
            throw new ArgumentException($"'{ratings.Name}' has no row.", nameof(ratings));
        }
        var activity = Counts(ratings.UserIndex, ratings.Users.Count);
        var popularity = Counts(ratings.ItemIndex, ratings.Items.Count);
        var least = (float)threshold;
        return new()
        {
            Users = activity.Length,
            Items = popularity.Length,
            ItemsInAll = ratings.Items.Count,
            Interactions = ratings.Count,
            Density = ratings.Count / ((double)activity.Length * popularity.Length),
            Activity = Spread.Of(activity),
            Popularity = Spread.Of(popularity),
            ActivityCurve = Curve(activity),
            PopularityCurve = Curve(popularity),
            ValueCounts =
            [
                .. ratings.Values.CountBy(value => value).OrderBy(v => v.Key).Take(100).Select(v => (v.Key, v.Value)),
            ],
            Values = Spread.Of([.. ratings.Values.Select(value => (double)value)]),
            DistinctValues = ratings.Values.Distinct().Count(),
            Relevant = ratings.Values.Count(value => value >= least) / (double)ratings.Count,
            Times = ratings.Times.IsEmpty ? null : (ratings.Times.Min(), ratings.Times.Max()),
        };
    }

    // Rows of each entity that has any.
    private static double[] Counts(ImmutableArray<int> indices, int count)
    {
        var counts = new int[count];
        foreach (var index in indices)
        {
            counts[index]++;
        }
        return [.. counts.Where(c => c > 0).Select(c => (double)c)];
    }

    // Ranks at equal distances of their logarithms, the first and the last among them.
    private static (int Rank, int Rows)[] Curve(double[] counts)
    {
        const int Points = 60;
        double[] sorted = [.. counts.OrderDescending()];
        return
        [
            .. Enumerable
                .Range(0, Points)
                .Select(i => (int)Math.Round(Math.Pow(sorted.Length, i / (Points - 1.0))))
                .Distinct()
                .Select(rank => (rank, (int)sorted[rank - 1])),
        ];
    }
}
