using MathNet.Numerics.RootFinding;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Euclidean projection onto a KL ball around uniform, for points whose projection is on its boundary. The optimality
/// conditions are p + μ log p = v − τ for every weight, with μ > 0 such that KL = ρ and τ such that Σp = 1: three nested
/// monotone equations. Slow beside the mirror projection, which is the natural one for this set.
/// </summary>
internal static class KullbackLeiblerProjection
{
    private const int Steps = 200;

    public static void Apply(ReadOnlySpan<double> point, Span<double> weights, double radius)
    {
        var (lowest, highest) = (point[0], point[0]);
        foreach (var value in point)
        {
            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
        }
        if (radius == 0 || lowest == highest)
        {
            weights.Fill(1.0 / weights.Length);
            return;
        }
        // log μ: the divergence falls as μ grows, from that of the simplex projection (above ρ) to zero.
        var values = point.ToArray();
        var trial = new double[values.Length];
        var log = Brent.FindRoot(
            Misfit,
            Math.Log(highest - lowest) - 40,
            Math.Log(highest - lowest + 1) + 40,
            1e-13,
            Steps
        );
        SolveForSum(values, Math.Exp(log), highest, weights);

        double Misfit(double logMu)
        {
            SolveForSum(values, Math.Exp(logMu), highest, trial);
            return Math.Log(Math.Max(SoftmaxKernel.Divergence(trial), double.Epsilon) / radius);
        }
    }

    // The weights at a given μ: τ by Newton on the convex, falling sum, started where the sum is at least one.
    private static void SolveForSum(ReadOnlySpan<double> point, double mu, double highest, Span<double> weights)
    {
        // At this τ the largest weight alone is 1.
        var threshold = highest - 1;
        for (var step = 0; step < Steps; step++)
        {
            double sum = 0;
            double slope = 0;
            for (var i = 0; i < point.Length; i++)
            {
                weights[i] = Root(point[i] - threshold, mu);
                sum += weights[i];
                slope += weights[i] / (weights[i] + mu);
            }
            var change = (sum - 1) / slope;
            threshold += change;
            if (Math.Abs(sum - 1) < 1e-15 * point.Length)
            {
                break;
            }
        }
        double total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }
        foreach (ref var weight in weights)
        {
            weight /= total;
        }
    }

    // The p of p + μ log p = c, through y = log p: e^y + μ y = c is convex and rising, Newton from the right is monotone.
    private static double Root(double c, double mu)
    {
        var y = c / mu < 0 ? c / mu : Math.Log(Math.Max(c, 1e-300) + 1);
        for (var step = 0; step < Steps; step++)
        {
            var power = Math.Exp(y);
            var change = (power + mu * y - c) / (power + mu);
            y -= change;
            if (Math.Abs(change) <= 1e-16 * Math.Max(1, Math.Abs(y)))
            {
                break;
            }
        }
        return Math.Exp(y);
    }
}
