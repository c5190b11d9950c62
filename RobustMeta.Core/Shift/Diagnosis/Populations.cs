using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>
/// The features of training and test users, items and interactions. The popularity of an item is its number of ratings by other
/// training users than the one who asks, so that training users do not see themselves in it.
/// </summary>
internal sealed class Populations
{
    private const int MostInteractions = 5000;

    private readonly ShiftInput input;
    private readonly int[] ratingsOfItem;
    private readonly HashSet<int> trainingUsers;

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
        trainingUsers = [.. input.Split.MetaTrain.Select(task => task.User)];
        ratingsOfItem = new int[ratings.Items.Count];
        foreach (var user in trainingUsers)
        {
            foreach (var row in ratings.RowsOf(user))
            {
                ratingsOfItem[ratings.ItemIndex[row]]++;
            }
        }
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

    private static IEnumerable<SeenRow> Distinct((int User, SeenRow Row)[] rows) =>
        rows.Select(r => r.Row).GroupBy(row => row.Item).OrderBy(item => item.Key).Select(item => item.First());

    private (int User, SeenRow Row)[] Some(Seen[] all, int count, string side)
    {
        (int, SeenRow)[] rows = [.. all.SelectMany(seen => seen.Rows.Select(row => (seen.User, row)))];
        Seeds.Generator(input.Seed, "interactions of a population", side).Shuffle(rows);
        return rows[..count];
    }

    private Seen See(UserTask task, TaskSource source, int length)
    {
        var ratings = source.Ratings;
        // Rows behind those of the data are given test ratings, which popularity does not count.
        return new(
            task.User,
            [
                .. task
                    .Query.Take(length)
                    .Select(row =>
                    {
                        var item = ratings.ItemIndex[row];
                        var own = row < input.Source.Ratings.Count && trainingUsers.Contains(task.User) ? 1 : 0;
                        return new SeenRow(
                            item,
                            ratings.Values[row],
                            Math.Log(1 + Math.Max(0, ratingsOfItem[item] - own))
                        );
                    }),
            ]
        );
    }

    private readonly record struct SeenRow(int Item, double Rating, double LogPopularity);

    private sealed record Seen(int User, SeenRow[] Rows);
}
