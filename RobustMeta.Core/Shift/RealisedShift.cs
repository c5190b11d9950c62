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
    /// <summary>Measures a test set.</summary>
    /// <param name="input">Ratings and split: the test tasks are what it is compared to.</param>
    /// <param name="set">The test set; it has tasks.</param>
    public static RealisedShift Of(ShiftInput input, ShiftedTestSet set)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(set);
        var tasks = set.Tasks;
        var source = set.Source ?? input.Source;
        // The rows of a test set's own source begin with those of the data.
        var ratings = source.Ratings;
        var popularity = ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain);
        var test = input.Split.Test;
        return new(
            tasks.Average(t => (double)t.Support.Length),
            tasks.Average(t => (double)t.Query.Length),
            Rows(tasks).Average(row => source.IsRelevant(row) ? 1.0 : 0.0),
            Rows(tasks).Average(row => (double)ratings.Values[row]),
            Items(tasks).Average(),
            Users(tasks).Average(),
            BinnedDivergence.Of([.. Items(tasks)], [.. Items(test)]).KullbackLeibler,
            BinnedDivergence.Of([.. Users(tasks)], [.. Users(test)]).KullbackLeibler
        );

        IEnumerable<int> Rows(ImmutableArray<UserTask> all) => all.SelectMany(t => t.Query);
        IEnumerable<double> Items(ImmutableArray<UserTask> all) =>
            Rows(all).Select(row => popularity[ratings.ItemIndex[row]]);
        IEnumerable<double> Users(ImmutableArray<UserTask> all) =>
            all.Select(t => Math.Log(input.Source.Ratings.RowsOf(t.User).Length));
    }
}
