namespace RobustMeta.Shift;

/// <summary>
/// How far values are from those of a reference, over the tenths of the reference (or its values, where they are at most ten):
/// what can be said of two samples that no weights connect.
/// </summary>
public static class BinnedDivergence
{
    private const int Bins = 10;

    /// <summary>
    /// KL(values ‖ reference) in nats over the reference's tenths, the effective sample fraction 1/(1 + χ²) of the reference
    /// reweighted to the values, and the mean of the values. Half a count in each bin keeps the divergence finite.
    /// </summary>
    /// <param name="values">The sample; not empty.</param>
    /// <param name="reference">What it is compared to; not empty.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static Divergence Of(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(reference);
        if (values.Count == 0)
        {
            throw new ArgumentException("Expected at least one value, found none.", nameof(values));
        }
        if (reference.Count == 0)
        {
            throw new ArgumentException("Expected at least one value, found none.", nameof(reference));
        }
        double[] sorted = [.. reference.Order()];
        double[] distinct = [.. sorted.Distinct().Take(Bins + 1)];
        double[] edges =
            distinct.Length <= Bins
                ? distinct[1..]
                : [.. Enumerable.Range(1, Bins - 1).Select(i => sorted[i * sorted.Length / Bins])];
        var own = Histogram(values, edges);
        var other = Histogram(reference, edges);
        var divergence = own.Zip(other).Sum(bin => bin.First * Math.Log(bin.First / bin.Second));
        var secondMoment = own.Zip(other).Sum(bin => bin.First * bin.First / bin.Second);
        return new(Math.Max(0, divergence), Math.Min(1, 1 / secondMoment), values.Average());
    }

    private static double[] Histogram(IReadOnlyList<double> values, double[] edges)
    {
        var counts = new double[edges.Length + 1];
        Array.Fill(counts, 0.5);
        foreach (var value in values)
        {
            counts[edges.Count(edge => value >= edge)]++;
        }
        return Array.ConvertAll(counts, count => count / (values.Count + 0.5 * counts.Length));
    }
}
