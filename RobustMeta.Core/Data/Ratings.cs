using System.Collections.Immutable;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>
/// Ratings in immutable columns: row r says that user <c>UserIndex[r]</c> gave item <c>ItemIndex[r]</c> the rating
/// <c>Values[r]</c> at <c>Times[r]</c>. Users and items are dense indices into their vocabularies.
/// </summary>
public sealed class Ratings
{
    private readonly Lazy<(ImmutableArray<int> Starts, ImmutableArray<int> Rows)> byUser;

    /// <summary>Ratings from columns of equal length.</summary>
    /// <param name="name">Name of the data set, e.g. <c>ml-100k</c>.</param>
    /// <param name="users">User identifiers by dense index.</param>
    /// <param name="items">Item identifiers by dense index; may hold items without a rating.</param>
    /// <param name="userIndex">User of each row.</param>
    /// <param name="itemIndex">Item of each row.</param>
    /// <param name="values">Rating of each row, on the data set's own scale.</param>
    /// <param name="times">Unix time in seconds of each row, or empty when times are unknown.</param>
    /// <param name="userFeatures">Features by user index.</param>
    /// <param name="itemFeatures">Features by item index.</param>
    /// <param name="report">Counts of what was read and left out.</param>
    /// <exception cref="ArgumentException">Columns differ in length, or an index is out of range.</exception>
    public Ratings(
        string name,
        Vocabulary users,
        Vocabulary items,
        ImmutableArray<int> userIndex,
        ImmutableArray<int> itemIndex,
        ImmutableArray<float> values,
        ImmutableArray<long> times,
        FeatureTable userFeatures,
        FeatureTable itemFeatures,
        ReadReport report
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(userFeatures);
        ArgumentNullException.ThrowIfNull(itemFeatures);
        ArgumentNullException.ThrowIfNull(report);
        Name = name;
        Users = users;
        Items = items;
        UserIndex = userIndex;
        ItemIndex = itemIndex;
        Values = values;
        Times = times;
        UserFeatures = userFeatures;
        ItemFeatures = itemFeatures;
        Report = report;
        RequireConsistent();
        byUser = new(GroupByUser);
    }

    /// <summary>Name of the data set.</summary>
    public string Name { get; }

    /// <summary>User identifiers by dense index.</summary>
    public Vocabulary Users { get; }

    /// <summary>Item identifiers by dense index.</summary>
    public Vocabulary Items { get; }

    /// <summary>User of each row, <c>0 .. Users.Count-1</c>.</summary>
    public ImmutableArray<int> UserIndex { get; }

    /// <summary>Item of each row, <c>0 .. Items.Count-1</c>.</summary>
    public ImmutableArray<int> ItemIndex { get; }

    /// <summary>Rating of each row.</summary>
    public ImmutableArray<float> Values { get; }

    /// <summary>Unix time in seconds of each row; empty when unknown.</summary>
    public ImmutableArray<long> Times { get; }

    /// <summary>Features of the users.</summary>
    public FeatureTable UserFeatures { get; }

    /// <summary>Features of the items.</summary>
    public FeatureTable ItemFeatures { get; }

    /// <summary>Counts of what was read and left out.</summary>
    public ReadReport Report { get; }

    /// <summary>Number of ratings.</summary>
    public int Count => Values.Length;

    /// <summary>The rows of one user, in file order.</summary>
    public ReadOnlySpan<int> RowsOf(int user)
    {
        var (starts, rows) = byUser.Value;
        return rows.AsSpan()[starts[user]..starts[user + 1]];
    }

    /// <summary>
    /// Ratings of rows of one's own: a list of records, a query, a frame. Users and items are numbered in order of first
    /// appearance.
    /// </summary>
    /// <param name="name">Name of the data set in results.</param>
    /// <param name="rows">User, item and rating of each row.</param>
    /// <param name="rule">What becomes of several ratings of one item by one user.</param>
    /// <exception cref="ArgumentException">An identifier is empty, a rating is not finite, or a duplicate is refused.</exception>
    public static Ratings Of(
        string name,
        IEnumerable<(string User, string Item, float Value)> rows,
        DuplicateRule rule = DuplicateRule.KeepLast
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Of(name, rows.Select(row => (row.User, row.Item, row.Value, 0L)), rule);
    }

    /// <summary>Ratings of rows of one's own, with times.</summary>
    /// <param name="name">Name of the data set in results.</param>
    /// <param name="rows">User, item, rating and Unix time in seconds of each row.</param>
    /// <param name="rule">What becomes of several ratings of one item by one user.</param>
    /// <exception cref="ArgumentException">An identifier is empty, a rating is not finite, or a duplicate is refused.</exception>
    public static Ratings Of(
        string name,
        IEnumerable<(string User, string Item, float Value, long Time)> rows,
        DuplicateRule rule = DuplicateRule.KeepLast
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rows);
        var builder = new RatingsBuilder(rule);
        var number = 0L;
        foreach (var (user, item, value, time) in rows)
        {
            number++;
            if (string.IsNullOrEmpty(user) || string.IsNullOrEmpty(item) || !float.IsFinite(value))
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"Row {number} needs a user, an item and a finite rating; it has '{user}', '{item}', {value}."
                    ),
                    nameof(rows)
                );
            }
            if (!builder.TryAdd(user, item, value, time))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"Row {number}: user '{user}' rates item '{item}' a second time."),
                    nameof(rows)
                );
            }
        }
        return builder.Build(name);
    }

    /// <summary>The same rows with values as a kind of feedback has them: 1 for positives, labels for counts.</summary>
    /// <param name="kind">What the values are.</param>
    /// <param name="rule">How counts become labels.</param>
    /// <exception cref="SettingException">A count is negative.</exception>
    public Ratings As(FeedbackKind kind, CountRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return kind switch
        {
            FeedbackKind.Positives => WithValues([.. Values.Select(_ => 1f)]),
            FeedbackKind.Counts when Values.Any(value => value < 0) => throw new SettingException(
                $"'{Name}' holds negative values, which are no counts: state feedback = \"explicit\" in the catalog."
            ),
            FeedbackKind.Counts => WithValues([.. Values.Select(rule.Apply)]),
            _ => this,
        };
    }

    /// <summary>The same with rows behind those that are there.</summary>
    /// <param name="users">User of each new row.</param>
    /// <param name="items">Item of each new row.</param>
    /// <param name="values">Rating of each new row.</param>
    /// <param name="times">Unix time of each new row; empty where times are unknown.</param>
    /// <exception cref="ArgumentException">Columns differ in length, or an index is out of range.</exception>
    public Ratings With(
        ImmutableArray<int> users,
        ImmutableArray<int> items,
        ImmutableArray<float> values,
        ImmutableArray<long> times
    ) =>
        new(
            Name,
            Users,
            Items,
            [.. UserIndex, .. users],
            [.. ItemIndex, .. items],
            [.. Values, .. values],
            Times.IsEmpty ? [] : [.. Times, .. times],
            UserFeatures,
            ItemFeatures,
            Report
        );

    /// <summary>The same rows with other features.</summary>
    /// <param name="userFeatures">Features by user index.</param>
    /// <param name="itemFeatures">Features by item index.</param>
    /// <exception cref="ArgumentException">A table has another number of rows than there are users or items.</exception>
    public Ratings WithFeatures(FeatureTable userFeatures, FeatureTable itemFeatures)
    {
        ArgumentNullException.ThrowIfNull(userFeatures);
        ArgumentNullException.ThrowIfNull(itemFeatures);
        return new(Name, Users, Items, UserIndex, ItemIndex, Values, Times, userFeatures, itemFeatures, Report);
    }

    /// <summary>The same rows with users and items in each other's places: what is said of a user then holds of an item.</summary>
    public Ratings Transposed() =>
        new(Name, Items, Users, ItemIndex, UserIndex, Values, Times, ItemFeatures, UserFeatures, Report);

    private Ratings WithValues(ImmutableArray<float> values) =>
        new(Name, Users, Items, UserIndex, ItemIndex, values, Times, UserFeatures, ItemFeatures, Report);

    private (ImmutableArray<int>, ImmutableArray<int>) GroupByUser()
    {
        var starts = new int[Users.Count + 1];
        foreach (var user in UserIndex)
        {
            starts[user + 1]++;
        }
        for (var user = 0; user < Users.Count; user++)
        {
            starts[user + 1] += starts[user];
        }
        var next = starts.AsSpan(0, Users.Count).ToArray();
        var rows = new int[Count];
        for (var row = 0; row < Count; row++)
        {
            rows[next[UserIndex[row]]++] = row;
        }
        return ([.. starts], [.. rows]);
    }

    private void RequireConsistent()
    {
        if (UserIndex.Length != Count || ItemIndex.Length != Count || (Times.Length != Count && !Times.IsEmpty))
        {
            throw new ArgumentException(
                $"Columns differ in length: {UserIndex.Length} users, {ItemIndex.Length} items, {Count} ratings, "
                    + $"{Times.Length} times (0 = unknown)."
            );
        }
        if (UserFeatures.Rows != Users.Count || ItemFeatures.Rows != Items.Count)
        {
            throw new ArgumentException(
                $"Feature tables have {UserFeatures.Rows} users and {ItemFeatures.Rows} items; "
                    + $"the vocabularies have {Users.Count} and {Items.Count}."
            );
        }
        for (var row = 0; row < Count; row++)
        {
            if ((uint)UserIndex[row] >= (uint)Users.Count || (uint)ItemIndex[row] >= (uint)Items.Count)
            {
                throw new ArgumentException($"Row {row} points outside the vocabularies.");
            }
        }
    }
}
