namespace RobustMeta.Studies;

/// <summary>
/// Means over users as functions of how often each user counts: the same function gives the estimate (everyone once) and
/// each draw of a bootstrap over users. Users without a value (NaN) do not count.
/// </summary>
internal static class WeightedMean
{
    /// <summary>The mean.</summary>
    public static Func<double[], double> Of(double[] values)
    {
        var there = Present(values);
        return counts =>
        {
            double sum = 0;
            double total = 0;
            foreach (var i in there)
            {
                sum += counts[i] * values[i];
                total += counts[i];
            }
            return sum / total;
        };
    }

    /// <summary>Mean of the lowest fraction of the values, the value at the edge counting by its part.</summary>
    public static Func<double[], double> Lowest(double fraction, double[] values)
    {
        var order = Present(values).OrderBy(i => values[i]).ToArray();
        return counts =>
        {
            double total = 0;
            foreach (var i in order)
            {
                total += counts[i];
            }
            var mass = fraction * total;
            double sum = 0;
            var left = mass;
            for (var k = 0; k < order.Length && left > 0; k++)
            {
                var part = Math.Min(left, counts[order[k]]);
                sum += part * values[order[k]];
                left -= part;
            }
            return sum / mass;
        };
    }

    /// <summary>Mean of the highest fraction of the values.</summary>
    public static Func<double[], double> Highest(double fraction, double[] values)
    {
        var lowest = Lowest(fraction, [.. values.Select(x => -x)]);
        return counts => -lowest(counts);
    }

    private static int[] Present(double[] values) =>
        [.. Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i]))];
}
