using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>
/// Ratings in immutable columns: row r says that user <c>UserIndex[r]</c> gave item <c>ItemIndex[r]</c> the rating
/// <c>Values[r]</c> at <c>Times[r]</c>. Users and items are dense indices into their vocabularies.
/// </summary>
public sealed class Ratings
{
    private readonly Lazy<(ImmutableArray<int> Offsets, ImmutableArray<int> Rows)> byUser;

    /// <summary>Ratings from columns of equal length.</summary>
    /// <param name="name">Name of the data set, e.g. <c>ml-100k</c>.</param>
    /// <param name="users">User identifiers by dense index.</param>
    /// <param name="items">Item identifiers by dense index; may hold items that nobody rated.</param>
    /// <param name="userIndex">User of each row.</param>
    /// <param name="itemIndex">Item of each row.</param>
    /// <param name="values">Rating of each row, on the data set's own scale.</param>
    /// <param name="times">Unix time in seconds of each row, or empty when times are unknown.</param>
    /// <param name="userFeatures">Features by user index.</param>
    /// <param name="itemFeatures">Features by item index.</param>
    /// <param name="report">What reading met.</param>
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

    /// <summary>What reading met.</summary>
    public ReadReport Report { get; }

    /// <summary>Number of ratings.</summary>
    public int Count => Values.Length;

    /// <summary>The rows of one user, in file order.</summary>
    public ReadOnlySpan<int> RowsOf(int user)
    {
        var (offsets, rows) = byUser.Value;
        return rows.AsSpan()[offsets[user]..offsets[user + 1]];
    }

    private (ImmutableArray<int>, ImmutableArray<int>) GroupByUser()
    {
        var offsets = new int[Users.Count + 1];
        foreach (var user in UserIndex)
        {
            offsets[user + 1]++;
        }
        for (var user = 0; user < Users.Count; user++)
        {
            offsets[user + 1] += offsets[user];
        }
        var next = offsets.AsSpan(0, Users.Count).ToArray();
        var rows = new int[Count];
        for (var row = 0; row < Count; row++)
        {
            rows[next[UserIndex[row]]++] = row;
        }
        return ([.. offsets], [.. rows]);
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
