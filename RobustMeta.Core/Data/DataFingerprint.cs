using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RobustMeta.Data;

/// <summary>
/// SHA-256 of all that a result depends on in a data set: identifiers, ratings, times, features, and what the catalog says of them.
/// It does not depend on the order of rows, nor on the name.
/// </summary>
public static class DataFingerprint
{
    /// <summary>The fingerprint, in lower-case hexadecimal.</summary>
    /// <param name="dataset">The data set, as prepared.</param>
    public static string Of(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var ratings = CanonicalRatings.Of(dataset.Ratings);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, "RobustMeta data 1");
        Append(hash, ratings.Users.Tokens);
        Append(hash, ratings.Items.Tokens);
        Append(hash, ratings.UserIndex);
        Append(hash, ratings.ItemIndex);
        Append(hash, ratings.Values);
        Append(hash, ratings.Times);
        Append(hash, ratings.UserFeatures);
        Append(hash, ratings.ItemFeatures);
        Append(hash, ImmutableArray.Create(dataset.LabelThreshold));
        Append(hash, dataset.Feedback.ToString());
        Append(hash, dataset.UserFeatures);
        Append(hash, dataset.ItemFeatures);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The fingerprint of a data set together with ratings from elsewhere that a result depends on.</summary>
    /// <param name="dataset">The data set, as prepared.</param>
    /// <param name="given">Ratings from elsewhere, in order; where there are none the fingerprint is that of the data set.</param>
    public static string Of(Dataset dataset, IReadOnlyList<Ratings> given)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(given);
        var own = Of(dataset);
        if (given.Count == 0)
        {
            return own;
        }
        var all = given.Select(ratings => Of(dataset with { Ratings = ratings })).Prepend(own);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', all))));
    }

    private static void Append(IncrementalHash hash, FeatureTable table)
    {
        Append(hash, ImmutableArray.Create(table.Columns.Length));
        foreach (var column in table.Columns)
        {
            Append(hash, $"{column.GetType().Name} {column.Name}");
            switch (column)
            {
                case TokenColumn tokens:
                    Append(hash, tokens.Vocabulary.Tokens);
                    Append(hash, tokens.Tokens);
                    break;
                case TokenBagColumn bags:
                    Append(hash, bags.Vocabulary.Tokens);
                    Append(hash, bags.Starts);
                    Append(hash, bags.Tokens);
                    break;
                case FloatColumn numbers:
                    Append(hash, numbers.Values);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(table), column, "Unknown kind of feature.");
            }
        }
    }

    // Lengths first, so that two lists cannot be read as one.
    private static void Append(IncrementalHash hash, IReadOnlyCollection<string> texts)
    {
        Append(hash, ImmutableArray.Create(texts.Count));
        foreach (var text in texts)
        {
            Append(hash, text);
        }
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, ImmutableArray.Create(bytes.Length));
        hash.AppendData(bytes);
    }

    private static void Append<T>(IncrementalHash hash, ImmutableArray<T> values)
        where T : unmanaged
    {
        Span<int> length = [values.Length];
        hash.AppendData(MemoryMarshal.AsBytes(length));
        hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
