using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// The features of training and test users, items and interactions. The popularity of an item is its number of ratings by one half
/// of the training users (<see cref="PopularityHalves"/>), the same number of users for everybody and none of them who asks.
/// </summary>
internal sealed class Populations
{
    private const int MostInteractions = 5000;

    private readonly ShiftInput input;
    private readonly PopularityHalves popularity;

    // The training side is the same beside every test set with queries as long.
    private readonly Dictionary<int, Seen[]> trainingByLength = [];
    private readonly Dictionary<(int Length, int Count), (int User, SeenRow Row)[]> trainingRows = [];
    private readonly EntityFeatures users;
    private readonly EntityFeatures items;

    /// <summary>Of a split.</summary>
    public Populations(ShiftInput input)
    {
        this.input = input;
        var ratings = input.Source.Ratings;
        popularity = new(input);
        users = new(ratings.UserFeatures);
        items = new(ratings.ItemFeatures);
    }

    /// <summary>User, item and interaction level, in this order, of the training tasks beside those of a test.</summary>
    /// <param name="test">Test tasks; not empty.</param>
    /// <param name="source">Where their rows are.</param>
    public IReadOnlyList<LevelSamples> Beside(ImmutableArray<UserTask> test, TaskSource source)
    {
        // Queries of one length on both sides: what is learned from a query is as noisy on either.
        var length = (int)Math.Ceiling(test.Average(task => (double)task.Query.Length));
        if (!trainingByLength.TryGetValue(length, out var training))
        {
            training = [.. input.Split.MetaTrain.Select(task => See(task, input.Source, length))];
            trainingByLength.Add(length, training);
        }
        Seen[] tested = [.. test.Select(task => See(task, source, length))];
        var count = Math.Min(
            MostInteractions,
            Math.Min(training.Sum(s => s.Rows.Length), tested.Sum(s => s.Rows.Length))
        );
        if (!trainingRows.TryGetValue((length, count), out var some))
        {
            some = Some(training, count, "training");
            trainingRows.Add((length, count), some);
        }
        var others = Some(tested, count, "test");
        return
        [
            new(
                "user",
                ["log activity", "mean rating", "mean log popularity", .. users.Names],
                [.. training.Select(OfUser)],
                [.. tested.Select(OfUser)],
                [.. training.Select(s => s.User)],
                [.. tested.Select(s => s.User)]
            ),
            new(
                "item",
                ["log popularity", .. items.Names],
                [.. Distinct(some).Select(OfItem)],
                [.. Distinct(others).Select(OfItem)],
                [.. Distinct(some).Select(r => r.Item)],
                [.. Distinct(others).Select(r => r.Item)]
            ),
            new(
                "interaction",
                ["rating", "log popularity", .. items.Names],
                [.. some.Select(r => (double[])[r.Row.Rating, .. OfItem(r.Row)])],
                [.. others.Select(r => (double[])[r.Row.Rating, .. OfItem(r.Row)])],
                [.. some.Select(r => r.User)],
                [.. others.Select(r => r.User)]
            ),
        ];

        double[] OfUser(Seen seen) =>
            [
                Math.Log(input.Source.Ratings.RowsOf(seen.User).Length),
                seen.Rows.Average(r => r.Rating),
                seen.Rows.Average(r => r.LogPopularity),
                .. users.Of(seen.User),
            ];
        double[] OfItem(SeenRow row) => [row.LogPopularity, .. items.Of(row.Item)];
    }

    // An item once for each half that counts it: which of two numbers is seen must not depend on which half rated it more.
    private static IEnumerable<SeenRow> Distinct((int User, SeenRow Row)[] rows) =>
        rows.Select(r => r.Row).DistinctBy(row => (row.Item, row.Half)).OrderBy(row => (row.Item, row.Half));

    private (int User, SeenRow Row)[] Some(Seen[] all, int count, string side)
    {
        (int, SeenRow)[] rows = [.. all.SelectMany(seen => seen.Rows.Select(row => (seen.User, row)))];
        Seeds.Generator(input.Seed, "interactions of a population", side).Shuffle(rows);
        return rows[..count];
    }

    private Seen See(UserTask task, TaskSource source, int length)
    {
        var ratings = source.Ratings;
        var half = popularity.SeenBy(task.User);
        return new(
            task.User,
            [
                .. task
                    .Query.Take(length)
                    .Select(row =>
                    {
                        var item = ratings.ItemIndex[row];
                        return new SeenRow(item, half, ratings.Values[row], popularity.Log(half, item));
                    }),
            ]
        );
    }

    private readonly record struct SeenRow(int Item, int Half, double Rating, double LogPopularity);

    private sealed record Seen(int User, SeenRow[] Rows);
}
