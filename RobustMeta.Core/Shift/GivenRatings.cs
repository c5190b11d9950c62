using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>Ratings from elsewhere as queries of the users of a split.</summary>
internal static class GivenRatings
{
    /// <summary>Reads them, and puts them behind the rows of the data.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="property">Property of the protocol that names them, for messages.</param>
    /// <param name="name">A data set of the catalog, or a file.</param>
    /// <param name="coordinate">Coordinate of the set.</param>
    /// <exception cref="SettingException">There is no such data, or it cannot be read.</exception>
    public static FixedSet Of(ShiftInput input, string property, string name, double coordinate)
    {
        var read = Load(char.ToLowerInvariant(property[0]) + property[1..], name);
        return Of(input, CanonicalRatings.Of(input.TaskOf == TaskKind.Item ? read.Transposed() : read), coordinate);
    }

    private static FixedSet Of(ShiftInput input, Ratings given, double coordinate)
    {
        var data = input.Source.Ratings;
        var supports = input
            .Split.MetaTrain.Concat(input.Split.Validation)
            .Concat(input.Split.Test)
            .ToDictionary(task => task.User, task => task.Support);
        var dropped = new SortedDictionary<DropReason, int>();
        var users = ImmutableArray.CreateBuilder<int>();
        var items = ImmutableArray.CreateBuilder<int>();
        var values = ImmutableArray.CreateBuilder<float>();
        var times = ImmutableArray.CreateBuilder<long>();
        var tasks = new List<UserTask>();
        for (var place = 0; place < given.Users.Count; place++)
        {
            if (data.Users.Find(given.Users[place]) is not { } user || !supports.TryGetValue(user, out var support))
            {
                Drop(DropReason.NoSupport);
                continue;
            }
            var known = ItemsOf(data, user);
            var query = new List<int>();
            foreach (var row in given.RowsOf(place))
            {
                if (data.Items.Find(given.Items[given.ItemIndex[row]]) is not { } item)
                {
                    Drop(DropReason.UnknownItemRows);
                }
                else if (known.Contains(item))
                {
                    Drop(DropReason.KnownPairRows);
                }
                else
                {
                    query.Add(data.Count + users.Count);
                    users.Add(user);
                    items.Add(item);
                    values.Add(given.Values[row]);
                    times.Add(given.Times.IsEmpty ? 0 : given.Times[row]);
                }
            }
            var rows = query.ToArray();
            Seeds.Generator(input.Seed, "given ratings", given.Users[place]).Shuffle(rows);
            tasks.Add(new(user, support, [.. rows]));
        }
        var all = data.With(
            users.DrainToImmutable(),
            items.DrainToImmutable(),
            values.DrainToImmutable(),
            data.Times.IsEmpty ? [] : times.DrainToImmutable()
        );
        return new(coordinate, tasks)
        {
            Source = new(all, input.Source.Label, input.Source.RatingRelevance.Threshold)
            {
                Feedback = input.Source.Feedback,
            },
            Dropped = dropped.ToImmutableSortedDictionary(),
        };

        void Drop(DropReason reason) => dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
    }

    private static HashSet<int> ItemsOf(Ratings ratings, int user)
    {
        var items = new HashSet<int>();
        foreach (var row in ratings.RowsOf(user))
        {
            items.Add(ratings.ItemIndex[row]);
        }
        return items;
    }

    private static Ratings Load(string setting, string name)
    {
        if (name.Length == 0)
        {
            throw new SettingException(
                $"{setting} is not given: expected a data set of the catalog, or a file of ratings with user and item."
            );
        }
        if (!File.Exists(name))
        {
            // The catalog's own message names what is nearest.
            return DatasetCatalog.Default.Load(name).Ratings;
        }
        var check = FileCheck.Of(name);
        return check.Ratings ?? throw new SettingException($"{setting} {name} cannot be read: {check.Problem}");
    }
}
