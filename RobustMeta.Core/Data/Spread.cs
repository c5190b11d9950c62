namespace RobustMeta.Data;

/// <summary>How some numbers are spread.</summary>
/// <param name="Min">The least.</param>
/// <param name="Median">The median; between two, their mean.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Gini">
/// Gini coefficient, 0 (all equal) to 1; NaN where a number is negative or all are 0. Σ (2i − n − 1) x_i / (n Σ x_i) over the
/// sorted numbers.
/// </param>
public sealed record Spread(double Min, double Median, double Mean, double Max, double Gini)
{
    /// <summary>The spread of some numbers.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Spread Of(IReadOnlyList<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
        {
            throw new ArgumentException("There is no number.", nameof(numbers));
        }
        double[] sorted = [.. numbers.Order()];
        var n = sorted.Length;
        var (sum, weighted) = (0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            sum += sorted[i];
            weighted += (2.0 * (i + 1) - n - 1) * sorted[i];
        }
        var gini = sorted[0] < 0 || sum == 0 ? double.NaN : weighted / (n * sum);
        return new(sorted[0], (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sum / n, sorted[^1], gini);
    }
}
