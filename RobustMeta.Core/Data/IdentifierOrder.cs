using System.Collections.Immutable;

namespace RobustMeta.Data;

/// <summary>
/// The order of identifiers in which everything random and every sum is taken, so that no result depends on the order of
/// rows in a file: shorter ones first, then by character code. Numbers without leading zeros come in order of size.
/// </summary>
public static class IdentifierOrder
{
    /// <summary>Compares two identifiers.</summary>
    /// <returns>Negative where the first comes first, 0 where they are equal.</returns>
    public static int Compare(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Length != second.Length ? first.Length - second.Length : string.CompareOrdinal(first, second);
    }

    /// <summary>Indices of a vocabulary in the order of its tokens.</summary>
    /// <param name="vocabulary">Distinct tokens.</param>
    /// <param name="fixedTokens">Number of first tokens that keep their places.</param>
    public static int[] Of(Vocabulary vocabulary, int fixedTokens = 0)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var order = Enumerable.Range(0, vocabulary.Count).ToArray();
        order.AsSpan(fixedTokens).Sort((a, b) => Compare(vocabulary[a], vocabulary[b]));
        return order;
    }

    /// <summary>Place of each index in an order.</summary>
    /// <param name="order">A permutation of 0 … n − 1.</param>
    public static int[] Places(ReadOnlySpan<int> order)
    {
        var places = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
        {
            places[order[place]] = place;
        }
        return places;
    }

    /// <summary>Whether an order leaves everything where it is.</summary>
    public static bool IsIdentity(ReadOnlySpan<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            if (order[i] != i)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Elements in another order.</summary>
    /// <param name="values">Elements.</param>
    /// <param name="order">Which element comes at each place.</param>
    internal static ImmutableArray<T> Apply<T>(ImmutableArray<T> values, int[] order) =>
        [.. order.Select(from => values[from])];
}
