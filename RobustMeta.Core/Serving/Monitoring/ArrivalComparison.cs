using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Serving.Monitoring;

/// <summary>
/// The training and test users of a run and the users who arrive now as populations of one set of ratings. Each user is cut to as
/// many ratings as one of the other side has, drawn at random, where that one has fewer: having been there for longer is no shift,
/// and populations that do not differ have the same numbers of ratings on both sides.
/// </summary>
internal sealed class ArrivalComparison
{
    private readonly PreparedExperiment prepared;
    private readonly int[] manyOfRun;
    private readonly int[] manyOfArrivals;
    private readonly List<string> names = [];
    private readonly List<int> users = [];
    private readonly List<int> items = [];
    private readonly List<float> values = [];

    /// <summary>Compares.</summary>
    public ArrivalComparison(PreparedExperiment prepared, Arrivals arrivals)
    {
        this.prepared = prepared;
        var (train, test) = (prepared.Split.MetaTrain, prepared.Split.Test);
        manyOfRun = [.. train.Select(task => prepared.Dataset.Ratings.RowsOf(task.User).Length)];
        manyOfArrivals = [.. arrivals.Users.Select(user => user.Ratings.Length)];
        UserTask[] reference = [.. train.Concat(test).Select(Cut)];
        Arrived = [.. arrivals.Users.Select(Add)];
        var data = prepared.Dataset.Ratings;
        int[] places = [.. train.Concat(test).Select(task => task.User)];
        var ratings = new Ratings(
            data.Name,
            Vocabulary.Of(names),
            data.Items,
            [.. users],
            [.. items],
            [.. values],
            [],
            arrivals.HaveFeatures
                ? ArrivalFeatures.Table(data.UserFeatures, places, arrivals)
                : FeatureTable.Empty(names.Count),
            data.ItemFeatures,
            data.Report
        );
        Test = [.. reference.Skip(train.Length)];
        Input = new(
            new(ratings, prepared.Source.Label, prepared.Source.RatingRelevance.Threshold),
            new([.. reference.Take(train.Length)], [], Test, ImmutableSortedDictionary<DropReason, int>.Empty),
            Arrivals.FewestRatings,
            prepared.Spec.Seed
        );
    }

    /// <summary>Ratings and split: the run's users, cut.</summary>
    public ShiftInput Input { get; }

    /// <summary>The run's test users, cut.</summary>
    public ImmutableArray<UserTask> Test { get; }

    /// <summary>The users who arrive.</summary>
    public ImmutableArray<UserTask> Arrived { get; }

    private UserTask Cut(UserTask task)
    {
        var data = prepared.Dataset.Ratings;
        var rows = data.RowsOf(task.User).ToArray().Select(row => (data.ItemIndex[row], data.Values[row]));
        return Cut(data.Users[task.User], "as arrivals", rows, manyOfArrivals);
    }

    private UserTask Add(Arrival arrival)
    {
        var items = prepared.Dataset.Ratings.Items;
        // An arrival is a new user even where the data have one of that name: earlier ratings are not used.
        return Cut(
            $"{arrival.Name} (now)",
            "arrival",
            arrival.Ratings.Select(pair => (items.Find(pair.Item)!.Value, pair.Value)),
            manyOfRun
        );
    }

    private UserTask Cut(string name, string side, IEnumerable<(int Item, float Value)> rated, int[] manyOfOthers)
    {
        var random = Seeds.Generator(prepared.Spec.Seed, side, name);
        (int, float)[] rows = [.. rated];
        random.Shuffle(rows);
        return Add(name, rows.Take(manyOfOthers[random.Next(manyOfOthers.Length)]));
    }

    // A population has no support of its own: what it rated stands for it.
    private UserTask Add(string name, IEnumerable<(int Item, float Value)> rated)
    {
        var user = names.Count;
        var first = values.Count;
        names.Add(name);
        foreach (var (item, value) in rated)
        {
            users.Add(user);
            items.Add(item);
            values.Add(value);
        }
        ImmutableArray<int> rows = [.. Enumerable.Range(first, values.Count - first)];
        return new(user, rows, rows);
    }
}
