namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Euclidean projection onto a KL ball around uniform, for points whose projection is on its boundary. The optimality
/// conditions are p + μ log p = v − τ for every weight, with μ > 0 such that KL = ρ and τ such that Σp = 1: three nested
/// monotone equations, each by Newton, started from what the last round of the outer one left. Slower than the mirror
/// projection, which is the natural one for this set.
/// </summary>
internal static class KullbackLeiblerProjection
{
    private const int Steps = 200;
    private const double Tolerance = 1e-13;

    /// <summary>The projection.</summary>
    /// <param name="point">What is projected.</param>
    /// <param name="weights">Where the projection goes.</param>
    /// <param name="radius">ρ, below the divergence of the projection onto the simplex.</param>
    public static void Apply(ReadOnlySpan<double> point, Span<double> weights, double radius)
    {
        var (lowest, highest, mean) = (point[0], point[0], 0.0);
        foreach (var value in point)
        {
            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
            mean += value / point.Length;
        }
        if (radius == 0 || lowest == highest)
        {
            weights.Fill(1.0 / weights.Length);
            return;
        }
        using var scratch = new Scratch(point.Length);
        var logs = scratch.Values;
        logs.Fill(-Math.Log(point.Length));
        // log μ: the divergence falls as μ grows, from that of the simplex projection (above ρ) to zero.
        var (low, high) = (Math.Log(highest - lowest) - 40, Math.Log(highest - lowest + 1) + 40);
        var logMu = Math.Clamp(Guess(point, mean, radius), low, high);
        var threshold = highest - 1;
        for (var step = 0; step < Steps && high - low > Tolerance; step++)
        {
            var mu = Math.Exp(logMu);
            var (spread, drift) = SolveForSum(point, mu, ref threshold, highest, weights, logs);
            var misfit = Math.Log(Math.Max(SoftmaxKernel.Divergence(weights), double.Epsilon) / radius);
            if (Math.Abs(misfit) < Tolerance)
            {
                break;
            }
            (low, high) = misfit > 0 ? (logMu, high) : (low, logMu);
            // d log KL / d log μ; the spread is −dKL/dμ.
            var newton = logMu + misfit * radius * Math.Exp(misfit) / (mu * spread);
            var next = newton > low && newton < high ? newton : low + (high - low) / 2;
            threshold += drift * (Math.Exp(next) - mu);
            logMu = next;
        }
    }

    // Exact for a small ball, where p is v − mean, shrunk by 1 + μn, and KL is n/2 times its squared length.
    private static double Guess(ReadOnlySpan<double> point, double mean, double radius)
    {
        double squares = 0;
        foreach (var value in point)
        {
            squares += (value - mean) * (value - mean);
        }
        var count = (double)point.Length;
        var shrinkage = Math.Sqrt(count * squares / (2 * radius));
        return Math.Log(Math.Max(shrinkage - 1, 1e-3) / count);
    }

    // The weights at a given μ: τ by Newton on the convex, falling sum. With a = p / (p + μ): the sum of
    // a (log p − mean of log p under a)², which is −dKL/dμ along the solutions, and dτ/dμ.
    private static (double Spread, double Drift) SolveForSum(
        ReadOnlySpan<double> point,
        double mu,
        ref double threshold,
        double highest,
        Span<double> weights,
        Span<double> logs
    )
    {
        // At this τ the largest weight alone is 1: the solution is above.
        threshold = Math.Max(threshold, highest - 1);
        double slope = 0;
        for (var step = 0; step < Steps; step++)
        {
            double sum = 0;
            slope = 0;
            for (var i = 0; i < point.Length; i++)
            {
                (weights[i], logs[i]) = Root(point[i] - threshold, mu, logs[i]);
                sum += weights[i];
                slope += weights[i] / (weights[i] + mu);
            }
            if (Math.Abs(sum - 1) < 1e-15 * point.Length)
            {
                break;
            }
            threshold = Math.Max(threshold + (sum - 1) / slope, highest - 1);
        }
        double total = 0;
        double mean = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            mean += weights[i] / (weights[i] + mu) * logs[i];
        }
        mean /= slope;
        double spread = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            spread += weights[i] / (weights[i] + mu) * (logs[i] - mean) * (logs[i] - mean);
            weights[i] /= total;
        }
        return (spread, -mean);
    }

    // The p of p + μ log p = c and its logarithm y: e^y + μ y is convex and rises, and at max(0, log c) it is not below c,
    // so that Newton from there falls onto the root; from y left of it, the first step leads right of it.
    private static (double Weight, double Log) Root(double c, double mu, double y)
    {
        var most = Math.Max(0, Math.Log(Math.Max(c, 1)));
        y = Math.Min(y, most);
        for (var step = 0; step < Steps; step++)
        {
            var power = Math.Exp(y);
            var next = Math.Min(y - (power + mu * y - c) / (power + mu), most);
            var change = next - y;
            y = next;
            if (Math.Abs(change) <= 1e-15 * Math.Max(1, Math.Abs(y)))
            {
                break;
            }
        }
        return (Math.Exp(y), y);
    }
}
