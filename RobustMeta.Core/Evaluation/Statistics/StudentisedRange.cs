using MathNet.Numerics.Distributions;

namespace RobustMeta.Evaluation;

/// <summary>
/// Distribution of the range of k independent standard normals (the studentised range with infinitely many degrees of
/// freedom): P(R ≤ r) = k ∫ φ(z) (Φ(z) − Φ(z − r))^(k−1) dz.
/// </summary>
internal static class StudentisedRange
{
    private const double End = 9;
    private const int Steps = 1800;

    /// <summary>The range that is not exceeded with a given probability.</summary>
    /// <param name="probability">In (0, 1).</param>
    /// <param name="groups">k, at least 2.</param>
    public static double Quantile(double probability, int groups)
    {
        double low = 0;
        double high = 2 * End;
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Cumulative(middle, groups) < probability ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    // The trapezoid rule: exponentially accurate for a smooth integrand that vanishes at both ends.
    private static double Cumulative(double range, int groups)
    {
        const double Step = (End + End + End) / Steps;
        double sum = 0;
        for (var i = 0; i <= Steps; i++)
        {
            var z = -End + i * Step;
            sum += Normal.PDF(0, 1, z) * Math.Pow(Normal.CDF(0, 1, z) - Normal.CDF(0, 1, z - range), groups - 1);
        }
        return groups * sum * Step;
    }
}
