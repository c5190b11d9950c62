namespace RobustMeta.Evaluation;

/// <summary>How a metric changes over the test sets of a shift.</summary>
/// <param name="Average">Mean over test sets.</param>
/// <param name="Worst">The worst test set's value.</param>
/// <param name="RelativeDrop">(unshifted − worst) / unshifted, with the sign turned where less is better: positive is a loss.</param>
/// <param name="Slope">Least-squares slope of the metric against |coordinate|; NaN for fewer than two strengths.</param>
/// <param name="SlopeKl">The same against the KL divergence of the test sets.</param>
/// <param name="Area">Area under the metric over the coordinate (trapezoids) by the range of the coordinate: a mean height.</param>
public sealed record Degradation(
    double Average,
    double Worst,
    double RelativeDrop,
    double Slope,
    double SlopeKl,
    double Area
)
{
    /// <summary>Summarises a metric over test sets.</summary>
    /// <param name="coordinates">Coordinate of each test set; the unshifted one is that nearest to 0.</param>
    /// <param name="divergences">KL divergence of each test set.</param>
    /// <param name="values">Metric on each.</param>
    /// <param name="higherIsBetter">Its direction.</param>
    /// <exception cref="StatisticsInputException">There is none, lengths differ, or a number is not finite.</exception>
    public static Degradation Of(
        IReadOnlyList<double> coordinates,
        IReadOnlyList<double> divergences,
        IReadOnlyList<double> values,
        bool higherIsBetter
    )
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        StatisticsInputException.RequireFinite(coordinates, values.Count, nameof(coordinates));
        StatisticsInputException.RequireFinite(divergences, values.Count, nameof(divergences));
        var worst = higherIsBetter ? values.Min() : values.Max();
        var unshifted = values[Enumerable.Range(0, values.Count).MinBy(i => Math.Abs(coordinates[i]))];
        return new(
            values.Average(),
            worst,
            (higherIsBetter ? unshifted - worst : worst - unshifted) / Math.Abs(unshifted),
            SlopeOf([.. coordinates.Take(values.Count).Select(Math.Abs)], values),
            SlopeOf(divergences, values),
            AreaOf(coordinates, values)
        );
    }

    private static double SlopeOf(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var meanX = x.Average();
        var meanY = y.Average();
        var spread = x.Sum(value => (value - meanX) * (value - meanX));
        return spread > 0 ? x.Zip(y).Sum(p => (p.First - meanX) * (p.Second - meanY)) / spread : double.NaN;
    }

    private static double AreaOf(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var points = x.Zip(y).OrderBy(p => p.First).ToArray();
        var range = points[^1].First - points[0].First;
        return range > 0
            ? points
                .Skip(1)
                .Zip(points, (right, left) => (right.First - left.First) * (right.Second + left.Second) / 2)
                .Sum() / range
            : points[0].Second;
    }
}
