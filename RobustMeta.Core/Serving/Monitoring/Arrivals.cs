using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Settings;

namespace RobustMeta.Serving.Monitoring;

/// <summary>The users who arrive now, with what they rated so far.</summary>
public sealed class Arrivals
{
    /// <summary>Fewest ratings of a user: one to adapt to and one to predict.</summary>
    public const int FewestRatings = 2;

    private Arrivals(
        ImmutableArray<Arrival> users,
        bool haveFeatures,
        int tooFew,
        SortedDictionary<string, long> unknownItems,
        RepeatedRatings repeated,
        ScaleMismatch? offScale
    )
    {
        Repeated = repeated;
        OffScale = offScale;
        Users = users;
        HaveFeatures = haveFeatures;
        TooFew = tooFew;
        UnknownItems = unknownItems;
    }

    /// <summary>The users, by name, and the ratings of each by item: what is found does not depend on the order of a file.</summary>
    public IReadOnlyList<Arrival> Users { get; }

    /// <summary>Whether their features are known.</summary>
    public bool HaveFeatures { get; }

    /// <summary>Users with fewer than <see cref="FewestRatings"/> ratings of items that the model knows; they are left out.</summary>
    public int TooFew { get; }

    /// <summary>Items that the model does not know, with how often they were rated.</summary>
    public IReadOnlyDictionary<string, long> UnknownItems { get; }

    /// <summary>Pairs of user and item that were rated more than once; the last rating of each, in the file's order, counts.</summary>
    public RepeatedRatings Repeated { get; }

    /// <summary>Ratings far off the scale that the model was trained on; null where there are none.</summary>
    public ScaleMismatch? OffScale { get; }

    /// <summary>Reads a file of ratings (see <see cref="RatedRows"/>), in any order.</summary>
    /// <param name="path">The file, with columns user, item and rating.</param>
    /// <param name="model">The model that serves them.</param>
    /// <param name="features">Features by user; null where they are not known.</param>
    /// <exception cref="DataFormatException">A line is malformed, or has no user or rating.</exception>
    public static Arrivals Read(
        string path,
        ColdStartModel model,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? features = null
    ) => Read(new RatedFile(path), model, features);

    /// <summary>Reads a file of ratings, in any order.</summary>
    /// <param name="file">The file and how it is written, with columns of users, items and ratings.</param>
    /// <param name="model">The model that serves them.</param>
    /// <param name="features">Features by user; null where they are not known.</param>
    /// <exception cref="DataFormatException">A line is malformed, or has no user or rating.</exception>
    public static Arrivals Read(
        RatedFile file,
        ColdStartModel model,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? features = null
    )
    {
        var path = file.Path;
        var (scale, repeated) = (new ScaleCheck(model.Scale), new RepeatedRatings());
        var counted = new HashSet<(string, string)>();
        var rated = new OrderedDictionary<string, OrderedDictionary<string, float>>(StringComparer.Ordinal);
        var unknown = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in RatedRows.Read(file))
        {
            if (row.User.Length == 0 || row.Rating is not { } rating)
            {
                throw new DataFormatException(
                    path,
                    row.Line,
                    0,
                    "expected a user, an item and a rating, found no " + (row.User.Length == 0 ? "user" : "rating")
                );
            }
            scale.Add(rating);
            if (!rated.TryGetValue(row.User, out var own))
            {
                rated.Add(row.User, own = new(StringComparer.Ordinal));
            }
            if (model.Items.Find(row.Item) is null)
            {
                unknown[row.Item] = unknown.GetValueOrDefault(row.Item) + 1;
                continue;
            }
            if (!own.TryAdd(row.Item, rating))
            {
                own[row.Item] = rating;
                if (counted.Add((row.User, row.Item)))
                {
                    repeated.Add(row.User, row.Item);
                }
            }
        }
        if (rated.Count == 0)
        {
            throw new DataFormatException(path, 0, 0, "the file has no ratings");
        }
        var names = features?.Values.SelectMany(texts => texts.Keys).Distinct().ToList() ?? [];
        if (names.FirstOrDefault(name => !model.UserFeatures.Contains(name)) is { } other)
        {
            throw new SettingException(
                $"The model sees no user feature '{other}'. Its user features: {string.Join(", ", model.UserFeatures)}"
            );
        }
        ImmutableArray<Arrival> users =
        [
            .. rated
                .Where(user => user.Value.Count >= FewestRatings)
                .OrderBy(user => user.Key, StringComparer.Ordinal)
                .Select(user => new Arrival(
                    user.Key,
                    [
                        .. user
                            .Value.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                            .Select(pair => (pair.Key, pair.Value)),
                    ],
                    features?.GetValueOrDefault(user.Key) ?? ImmutableDictionary<string, string>.Empty
                )),
        ];
        return new(users, features is not null, rated.Count - users.Length, unknown, repeated, scale.Mismatch);
    }
}
