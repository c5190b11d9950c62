namespace RobustMeta.Robustness.Sets;

/// <summary>Order statistics without sorting (Hoare's selection, 1961).</summary>
internal static class OrderStatistic
{
    // Below this, sorting is faster.
    private const int Few = 24;

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
        values[first..(last + 1)].Sort();
        return values[place];
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
