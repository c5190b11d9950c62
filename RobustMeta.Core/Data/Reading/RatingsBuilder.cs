using System.Runtime.InteropServices;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>Collects rating rows, resolves duplicates, and numbers users and items in order of first appearance.</summary>
/// <param name="rule">What becomes of several ratings of one item by one user.</param>
/// <param name="encoding">Encoding of the identifiers; null is UTF-8, strictly.</param>
/// <param name="limits">Most users, items and rows; null is the default.</param>
public sealed class RatingsBuilder(DuplicateRule rule, Encoding? encoding = null, ReadLimits? limits = null)
{
    private readonly ReadLimits limits = limits ?? ReadLimits.Default;
    private readonly ByteVocabulary users = new();
    private readonly ByteVocabulary items = new();
    private readonly List<int> userIndex = [];
    private readonly List<int> itemIndex = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];

    // Pairs so far, where a repeated one is an error; otherwise they are found at the end.
    private readonly HashSet<long> pairs = [];
    private long rows;
    private long duplicates;

    /// <summary>Rows without a rating, which are counted and left out.</summary>
    public long Unrated { get; set; }

    /// <summary>Number of rows so far, duplicates included.</summary>
    public int Count => values.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="user">User identifier, bytes of the file.</param>
    /// <param name="item">Item identifier.</param>
    /// <param name="value">Rating.</param>
    /// <param name="time">Unix time in seconds; 0 where the file has none.</param>
    /// <param name="position">Where it stands, for errors.</param>
    /// <exception cref="DataFormatException">A duplicate is refused, a limit is passed, or the text is not of the encoding.</exception>
    public void Add(ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, float value, long time, IReadPosition position)
    {
        if (!TryAdd(Index(users, user, position), Index(items, item, position), value, time))
        {
            throw position.Error(0, $"user '{Excerpt.Of(user)}' rates item '{Excerpt.Of(item)}' a second time");
        }
        RequireWithinLimits(position);
    }

    private void RequireWithinLimits(IReadPosition position)
    {
        var (what, count, limit) =
            rows > limits.Rows ? ("rows", rows, limits.Rows)
            : users.Count > limits.Users ? ("users", users.Count, limits.Users)
            : items.Count > limits.Items ? ("items", items.Count, limits.Items)
            : default;
        if (what is not null)
        {
            throw position.Error(
                0,
                FormattableString.Invariant(
                    $"expected at most {limit:N0} {what}, found {count:N0}; if more are right, "
                ) + limits.Advice(what)
            );
        }
    }

    /// <summary>Adds a row of decoded identifiers; false when it is a duplicate and the rule refuses those.</summary>
    public bool TryAdd(string user, string item, float value, long time) =>
        TryAdd(users.Add(Encoding.UTF8.GetBytes(user)), items.Add(Encoding.UTF8.GetBytes(item)), value, time);

    /// <summary>
    /// Adds the rows of another, whose identifiers are UTF-8, as if they were added one by one; false, and none is added,
    /// where a limit may be passed or repeated pairs are refused, so that each row has to be looked at.
    /// </summary>
    /// <param name="other">The rows.</param>
    /// <param name="more">How many times as many rows will follow, for room.</param>
    internal bool TryAppend(RatingsBuilder other, double more)
    {
        if (
            rule == DuplicateRule.Refuse
            || rows + other.rows > limits.Rows
            || users.Count + (long)other.users.Count > limits.Users
            || items.Count + (long)other.items.Count > limits.Items
        )
        {
            return false;
        }
        if (values.Count + other.values.Count > values.Capacity)
        {
            var room = (int)Math.Min(Array.MaxLength, values.Count + other.values.Count * (1.02 + 1.02 * more));
            Reserve(userIndex, room);
            Reserve(itemIndex, room);
            Reserve(values, room);
            Reserve(times, room);
        }
        Append(userIndex, other.userIndex, users.AddAll(other.users));
        Append(itemIndex, other.itemIndex, items.AddAll(other.items));
        values.AddRange(other.values);
        times.AddRange(other.times);
        rows += other.rows;
        Unrated += other.Unrated;
        return true;
    }

    private static void Reserve<T>(List<T> column, int room) => column.Capacity = Math.Max(column.Capacity, room);

    private static void Append(List<int> column, List<int> more, int[] indices)
    {
        var start = column.Count;
        CollectionsMarshal.SetCount(column, start + more.Count);
        var from = CollectionsMarshal.AsSpan(more);
        var to = CollectionsMarshal.AsSpan(column)[start..];
        for (var row = 0; row < from.Length; row++)
        {
            to[row] = indices[from[row]];
        }
    }

    /// <summary>The identifiers of the users that have ratings.</summary>
    public Vocabulary Users() => users.Build();

    /// <summary>The identifiers of the rated items, followed by those of the item file without a rating.</summary>
    public Vocabulary Items(IEnumerable<string> ofItemFile)
    {
        foreach (var item in ofItemFile)
        {
            items.Add(Encoding.UTF8.GetBytes(item));
        }
        return items.Build();
    }

    /// <summary>The finished ratings, without features.</summary>
    /// <param name="name">Name of the data set.</param>
    public Ratings Build(string name) => Build(name, new(Users()), new(Items([])));

    /// <summary>The finished ratings.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="userFeatures">Features by user.</param>
    /// <param name="itemFeatures">Features by item.</param>
    public Ratings Build(string name, FeatureTableBuilder userFeatures, FeatureTableBuilder itemFeatures)
    {
        ResolveDuplicates(userFeatures.Entities.Count, itemFeatures.Entities.Count);
        // A column of one value alone tells no order: the times are unknown.
        var hasTimes = times.Count > 0 && times.Exists(t => t != times[0]);
        var rated = new bool[itemFeatures.Entities.Count];
        foreach (var item in itemIndex)
        {
            rated[item] = true;
        }
        var report = new ReadReport(
            rows,
            duplicates,
            rule,
            itemFeatures.Missing(item => rated[item]),
            userFeatures.Missing(_ => true),
            Unrated,
            hasTimes
        );
        return new(
            name,
            userFeatures.Entities,
            itemFeatures.Entities,
            [.. userIndex],
            [.. itemIndex],
            [.. values],
            hasTimes ? [.. times] : [],
            userFeatures.Build(),
            itemFeatures.Build(),
            report
        );
    }

    private bool TryAdd(int user, int item, float value, long time)
    {
        rows++;
        // Odd multiplier: pairs stay distinct, and the low and high halves that a long is hashed by are mixed.
        if (
            rule == DuplicateRule.Refuse
            && !pairs.Add(unchecked((long)((((ulong)(uint)user << 32) | (uint)item) * 0x9E3779B97F4A7C15UL)))
        )
        {
            return false;
        }
        userIndex.Add(user);
        itemIndex.Add(item);
        values.Add(value);
        times.Add(time);
        return true;
    }

    // The first row of a pair takes the value that the rule gives; the others go.
    private void ResolveDuplicates(int userCount, int itemCount)
    {
        var counts = new Dictionary<int, int>();
        var gone = new HashSet<int>();
        RepeatedPairs.Find(
            CollectionsMarshal.AsSpan(userIndex),
            CollectionsMarshal.AsSpan(itemIndex),
            userCount,
            itemCount,
            (first, row) =>
            {
                counts[first] = counts.GetValueOrDefault(first, 1) + 1;
                Resolve(first, values[row], times[row], counts[first]);
                gone.Add(row);
            }
        );
        duplicates = gone.Count;
        if (duplicates > 0)
        {
            Remove(userIndex, gone);
            Remove(itemIndex, gone);
            Remove(values, gone);
            Remove(times, gone);
        }
    }

    private static void Remove<T>(List<T> column, HashSet<int> gone)
    {
        var kept = 0;
        for (var row = 0; row < column.Count; row++)
        {
            if (!gone.Contains(row))
            {
                column[kept++] = column[row];
            }
        }
        column.RemoveRange(kept, column.Count - kept);
    }

    private void Resolve(int row, float value, long time, int count)
    {
        switch (rule)
        {
            case DuplicateRule.Sum:
                values[row] += value;
                times[row] = Math.Max(times[row], time);
                break;
            case DuplicateRule.Mean:
                values[row] += (value - values[row]) / count;
                times[row] = Math.Max(times[row], time);
                break;
            case DuplicateRule.KeepLast when time >= times[row]:
            case DuplicateRule.KeepFirst when time < times[row]:
                (values[row], times[row]) = (value, time);
                break;
        }
    }

    private int Index(ByteVocabulary vocabulary, ReadOnlySpan<byte> token, IReadPosition position)
    {
        try
        {
            return vocabulary.Add(
                encoding is null || Ascii.IsValid(token)
                    ? token
                    : Encoding.Convert(encoding, Encoding.UTF8, token.ToArray())
            );
        }
        catch (DecoderFallbackException)
        {
            throw position.Error(0, $"expected text in UTF-8, found other bytes in '{Excerpt.Of(token)}'");
        }
    }
}
