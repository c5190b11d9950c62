using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>Order statistics without sorting (Hoare's selection, 1961; the last few by counting, on vectors).</summary>
internal static class OrderStatistic
{
    // Below this, counting is faster: as many comparisons as pairs, but none of them is a branch.
    private const int Few = 80;

    /// <summary>The value that would stand at a place if all were sorted; leaves the values in another order.</summary>
    /// <param name="values">The values; none may be NaN.</param>
    /// <param name="place">From 0.</param>
    public static double At(Span<double> values, int place)
    {
        var (first, last) = (0, values.Length - 1);
        while (last - first >= Few)
        {
            var pivot = Median(values[first], values[first + (last - first) / 2], values[last]);
            var (i, j) = (first, last);
            // Equal values stop both sides: many ties are cut in half like anything else.
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }
                while (values[j] > pivot)
                {
                    j--;
                }
                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }
            // Now all up to j are ≤ pivot, all from i on are ≥ pivot, and between them is the pivot itself.
            if (place <= j)
            {
                last = j;
            }
            else if (place >= i)
            {
                first = i;
            }
            else
            {
                return pivot;
            }
        }
        return ByRank(values[first..(last + 1)], place - first);
    }

    // The value that fewer are below than the place, and at least so many not above.
    private static double ByRank(ReadOnlySpan<double> values, int place)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var tail = values[(vectors.Length * Vector<double>.Count)..];
        foreach (var value in values)
        {
            var level = new Vector<double>(value);
            // A comparison that holds is −1.
            var (below, upTo) = (Vector<long>.Zero, Vector<long>.Zero);
            foreach (var vector in vectors)
            {
                below -= Vector.LessThan(vector, level);
                upTo -= Vector.LessThanOrEqual(vector, level);
            }
            var (first, end) = (Vector.Sum(below), Vector.Sum(upTo));
            foreach (var other in tail)
            {
                first += other < value ? 1 : 0;
                end += other <= value ? 1 : 0;
            }
            if (first <= place && place < end)
            {
                return value;
            }
        }
        throw new ArgumentException("A value is NaN.");
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
