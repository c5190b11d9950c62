namespace RobustMeta.Models.Baselines;

/// <summary>
/// The user-item matrix by column: for each item who rated it, and how. As large as the ratings, where a matrix of items by
/// items would be too large.
/// </summary>
public sealed class ItemColumns : IItemProducts
{
    private readonly int[] starts;
    private readonly int[] users;
    private readonly double[] values;
    private readonly double[] squares;

    /// <summary>The columns of some rows.</summary>
    /// <param name="profiles">Rows of the matrix.</param>
    /// <param name="items">Number of all items.</param>
    public ItemColumns(IReadOnlyList<Profile> profiles, int items)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        starts = new int[items + 1];
        foreach (var item in profiles.SelectMany(profile => profile.Items))
        {
            starts[item + 1]++;
        }
        for (var item = 0; item < items; item++)
        {
            starts[item + 1] += starts[item];
        }
        users = new int[starts[items]];
        values = new double[starts[items]];
        var next = starts.AsSpan(0, items).ToArray();
        for (var user = 0; user < profiles.Count; user++)
        {
            for (var j = 0; j < profiles[user].Items.Length; j++)
            {
                var at = next[profiles[user].Items[j]]++;
                (users[at], values[at]) = (user, profiles[user].Values[j]);
            }
        }
        squares = [.. Enumerable.Range(0, items).Select(item => Common(item, item))];
    }

    /// <summary>Number of items.</summary>
    public int Count => starts.Length - 1;

    /// <summary>Users who rated an item, ascending; one who rated it twice stands there twice.</summary>
    /// <param name="item">Dense index.</param>
    public ReadOnlySpan<int> Users(int item) => users.AsSpan(starts[item]..starts[item + 1]);

    /// <summary>What each of them gave.</summary>
    /// <param name="item">Dense index.</param>
    public ReadOnlySpan<double> Values(int item) => values.AsSpan(starts[item]..starts[item + 1]);

    /// <inheritdoc/>
    public bool Knows(int item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, Count);
        return starts[item + 1] > starts[item];
    }

    /// <inheritdoc/>
    public double Product(int a, int b) => a == b ? squares[a] : Common(a, b);

    /// <summary>Adds a multiple of a column.</summary>
    /// <param name="item">The column.</param>
    /// <param name="scale">Times this.</param>
    /// <param name="sums">One number a user.</param>
    public void AddTo(int item, double scale, Span<double> sums)
    {
        var ids = Users(item);
        var given = Values(item);
        for (var i = 0; i < ids.Length; i++)
        {
            sums[ids[i]] += scale * given[i];
        }
    }

    /// <summary>A column times a vector.</summary>
    /// <param name="item">The column.</param>
    /// <param name="vector">One number a user.</param>
    public double Along(int item, ReadOnlySpan<double> vector)
    {
        var ids = Users(item);
        var given = Values(item);
        var sum = 0.0;
        for (var i = 0; i < ids.Length; i++)
        {
            sum += given[i] * vector[ids[i]];
        }
        return sum;
    }

    // Users who rated both are found by walking both columns.
    private double Common(int a, int b)
    {
        var ofA = Users(a);
        var ofB = Users(b);
        var (i, j, sum) = (0, 0, 0.0);
        while (i < ofA.Length && j < ofB.Length)
        {
            if (ofA[i] != ofB[j])
            {
                (i, j) = ofA[i] < ofB[j] ? (i + 1, j) : (i, j + 1);
                continue;
            }
            var user = ofA[i];
            sum += Of(user, ofA, Values(a), ref i) * Of(user, ofB, Values(b), ref j);
        }
        return sum;
    }

    // All that a user gave from a place on, and the place behind it.
    private static double Of(int user, ReadOnlySpan<int> users, ReadOnlySpan<double> values, ref int place)
    {
        var sum = 0.0;
        for (; place < users.Length && users[place] == user; place++)
        {
            sum += values[place];
        }
        return sum;
    }
}
