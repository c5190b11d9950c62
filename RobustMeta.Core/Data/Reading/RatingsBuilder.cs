using System.Collections.Immutable;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>Collects rating rows, resolves duplicates, and numbers users and items in order of first appearance.</summary>
/// <param name="rule">What becomes of several ratings of one item by one user.</param>
/// <param name="encoding">Encoding of the identifiers.</param>
internal sealed class RatingsBuilder(DuplicateRule rule, Encoding encoding)
{
    private readonly Vocabulary.Builder users = new();
    private readonly Vocabulary.Builder items = new();
    private readonly List<int> userIndex = [];
    private readonly List<int> itemIndex = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];
    private readonly List<int> counts = [];
    private readonly Dictionary<long, int> rowOf = [];
    private long rows;
    private long duplicates;

    /// <summary>Rows without a rating, which are counted and left out.</summary>
    public long Unrated { get; set; }

    /// <summary>Adds a row.</summary>
    /// <param name="user">User identifier, bytes of the file.</param>
    /// <param name="item">Item identifier.</param>
    /// <param name="value">Rating.</param>
    /// <param name="time">Unix time in seconds; 0 where the file has none.</param>
    /// <param name="reader">Where it stands, for the error of a duplicate that is refused.</param>
    public void Add(ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, float value, long time, ByteLineReader reader)
    {
        if (!TryAdd(Index(users, user), Index(items, item), value, time))
        {
            throw reader.Error(
                0,
                $"user '{encoding.GetString(user)}' rates item '{encoding.GetString(item)}' a second time"
            );
        }
    }

    /// <summary>Adds a row of decoded identifiers; false when it is a duplicate and the rule refuses those.</summary>
    public bool TryAdd(ReadOnlySpan<char> user, ReadOnlySpan<char> item, float value, long time) =>
        TryAdd(users.Add(user), items.Add(item), value, time);

    /// <summary>The identifiers of the users that have ratings.</summary>
    public Vocabulary Users() => users.Build();

    /// <summary>The identifiers of the rated items, followed by those of the item file that nobody rated.</summary>
    public Vocabulary Items(IEnumerable<string> ofItemFile)
    {
        foreach (var item in ofItemFile)
        {
            items.Add(item);
        }
        return items.Build();
    }

    /// <summary>The finished ratings.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="userFeatures">Features by user.</param>
    /// <param name="itemFeatures">Features by item.</param>
    public Ratings Build(string name, FeatureTableBuilder userFeatures, FeatureTableBuilder itemFeatures)
    {
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
        var key = unchecked((long)((((ulong)(uint)user << 32) | (uint)item) * 0x9E3779B97F4A7C15UL));
        if (rowOf.TryAdd(key, values.Count))
        {
            userIndex.Add(user);
            itemIndex.Add(item);
            values.Add(value);
            times.Add(time);
            if (rule == DuplicateRule.Mean)
            {
                counts.Add(1);
            }
            return true;
        }
        duplicates++;
        return rule != DuplicateRule.Refuse && Resolve(rowOf[key], value, time);
    }

    private bool Resolve(int row, float value, long time)
    {
        switch (rule)
        {
            case DuplicateRule.Mean:
                counts[row]++;
                values[row] += (value - values[row]) / counts[row];
                times[row] = Math.Max(times[row], time);
                break;
            case DuplicateRule.KeepLast when time >= times[row]:
            case DuplicateRule.KeepFirst when time < times[row]:
                (values[row], times[row]) = (value, time);
                break;
        }
        return true;
    }

    private int Index(Vocabulary.Builder vocabulary, ReadOnlySpan<byte> token)
    {
        Span<char> text = token.Length <= 256 ? stackalloc char[token.Length] : new char[token.Length];
        var length = encoding.GetChars(token, text);
        return vocabulary.Add(text[..length]);
    }
}
