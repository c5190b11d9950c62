using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Serving.Monitoring;

/// <summary>
/// The training and test users of a run and the users who arrive now as populations of one set of ratings. Those of the run are cut
/// to as many ratings as users have who arrive, drawn from their numbers: having been there for longer is no shift.
/// </summary>
internal sealed class ArrivalComparison
{
    private readonly PreparedExperiment prepared;
    private readonly Arrivals arrivals;
    private readonly List<string> names = [];
    private readonly List<int> users = [];
    private readonly List<int> items = [];
    private readonly List<float> values = [];

    /// <summary>Compares.</summary>
    public ArrivalComparison(PreparedExperiment prepared, Arrivals arrivals)
    {
        this.prepared = prepared;
        this.arrivals = arrivals;
        var (train, test) = (prepared.Split.MetaTrain, prepared.Split.Test);
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
        var name = data.Users[task.User];
        var random = Seeds.Generator(prepared.Spec.Seed, "as arrivals", name);
        var rows = data.RowsOf(task.User).ToArray();
        random.Shuffle(rows);
        var many = arrivals.Users[random.Next(arrivals.Users.Count)].Ratings.Length;
        return Add(name, rows.Take(many).Select(row => (data.ItemIndex[row], data.Values[row])));
    }

    private UserTask Add(Arrival arrival)
    {
        (string Item, float Value)[] rated = [.. arrival.Ratings];
        Seeds.Generator(prepared.Spec.Seed, "arrival", arrival.Name).Shuffle(rated);
        var data = prepared.Dataset.Ratings;
        // A name of the data's is another user here: what he or she rated before is not asked for.
        return Add($"{arrival.Name} (now)", rated.Select(pair => (data.Items.Find(pair.Item)!.Value, pair.Value)));
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
