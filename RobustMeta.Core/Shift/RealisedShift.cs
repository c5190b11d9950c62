using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// What a test set holds, measured on its tasks whatever the protocol that made them: summary statistics, and how far items
/// and users are from those of the split's test tasks.
/// </summary>
/// <param name="SupportLength">Mean number of support interactions.</param>
/// <param name="QueryLength">Mean number of query interactions.</param>
/// <param name="RelevantFraction">Fraction of the query interactions that are relevant.</param>
/// <param name="MeanRating">Mean rating of the query interactions.</param>
/// <param name="LogPopularity">Mean log(1 + popularity among training users) of the items of queries.</param>
/// <param name="LogActivity">Mean log of the number of ratings of the users.</param>
/// <param name="ItemKl">
/// KL divergence in nats of query items from those of the unshifted tasks, over tenths of popularity; 0 for the same.
/// </param>
/// <param name="UserKl">The same of users, over tenths of activity.</param>
public sealed record RealisedShift(
    double SupportLength,
    double QueryLength,
    double RelevantFraction,
    double MeanRating,
    double LogPopularity,
    double LogActivity,
    double ItemKl,
    double UserKl
)
{
    private const int Bins = 10;

    /// <summary>Measures a test set.</summary>
    /// <param name="input">Ratings and split: the test tasks are what it is compared to.</param>
    /// <param name="tasks">Tasks of the test set; not empty.</param>
    public static RealisedShift Of(ShiftInput input, ImmutableArray<UserTask> tasks)
    {
        var ratings = input.Source.Ratings;
        var popularity = ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain);
        var test = input.Split.Test;
        return new(
            tasks.Average(t => (double)t.Support.Length),
            tasks.Average(t => (double)t.Query.Length),
            Rows(tasks).Average(row => input.Source.IsRelevant(row) ? 1.0 : 0.0),
            Rows(tasks).Average(row => (double)ratings.Values[row]),
            Items(tasks).Average(),
            Users(tasks).Average(),
            Kl([.. Items(tasks)], [.. Items(test)]),
            Kl([.. Users(tasks)], [.. Users(test)])
        );

        IEnumerable<int> Rows(ImmutableArray<UserTask> all) => all.SelectMany(t => t.Query);
        IEnumerable<double> Items(ImmutableArray<UserTask> all) =>
            Rows(all).Select(row => popularity[ratings.ItemIndex[row]]);
        IEnumerable<double> Users(ImmutableArray<UserTask> all) =>
            all.Select(t => Math.Log(ratings.RowsOf(t.User).Length));
    }

    // Histograms over tenths of the reference; half a count in each bin keeps the divergence finite.
    private static double Kl(double[] values, double[] reference)
    {
        Array.Sort(reference);
        double[] edges = [.. Enumerable.Range(1, Bins - 1).Select(i => reference[i * reference.Length / Bins])];
        var own = Histogram(values, edges);
        var other = Histogram(reference, edges);
        return Math.Max(0, own.Zip(other).Sum(bin => bin.First * Math.Log(bin.First / bin.Second)));
    }

    private static double[] Histogram(double[] values, double[] edges)
    {
        var counts = new double[Bins];
        Array.Fill(counts, 0.5);
        foreach (var value in values)
        {
            counts[edges.Count(edge => value >= edge)]++;
        }
        return Array.ConvertAll(counts, count => count / (values.Length + 0.5 * Bins));
    }
}
