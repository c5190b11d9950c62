namespace RobustMeta.Evaluation;

/// <summary>What a mean over users hides.</summary>
public static class TailStatistics
{
    /// <summary>
    /// Mean of the lowest fraction of the values (conditional value at risk), the value at the edge counting by its
    /// fraction.
    /// </summary>
    /// <param name="values">Values of a metric of which higher is better; at least one.</param>
    /// <param name="share">Share α in (0, 1]; 0.1 is the worst decile, 1 the mean.</param>
    /// <exception cref="ArgumentException">No values, one that is not finite, or a share out of range.</exception>
    public static double LowestMean(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        StatisticsInputException.RequireFinite(sorted, 0, nameof(values));
        if (sorted.Length == 0 || !(share > 0 && share <= 1))
        {
            throw new ArgumentException("The lowest mean needs a value and a share in (0, 1].");
        }
        var mass = share * sorted.Length;
        double sum = 0;
        for (var i = 0; i < sorted.Length && i < mass; i++)
        {
            sum += sorted[i] * Math.Min(1, mass - i);
        }
        return sum / mass;
    }
}
