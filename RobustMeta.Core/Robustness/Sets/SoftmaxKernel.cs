namespace RobustMeta.Robustness.Sets;

/// <summary>Softmax weights p ∝ exp(s L) and the s at which they are a given divergence away from uniform.</summary>
internal static class SoftmaxKernel
{
    private const int Steps = 100;

    /// <summary>KL(p ‖ uniform) = Σ p log(n p), never negative.</summary>
    public static double Divergence(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight > 0 ? weight * Math.Log(weights.Length * weight) : 0;
        }
        return Math.Max(sum, 0);
    }

    /// <summary>Writes p ∝ exp(s L).</summary>
    public static void Write(ReadOnlySpan<double> losses, double slope, Span<double> weights)
    {
        var highest = double.NegativeInfinity;
        foreach (var loss in losses)
        {
            highest = Math.Max(highest, loss);
        }
        double sum = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            weights[i] = Math.Exp(slope * (losses[i] - highest));
            sum += weights[i];
        }
        foreach (ref var weight in weights)
        {
            weight /= sum;
        }
    }

    /// <summary>
    /// The softmax with KL = ρ. The divergence rises with s; for small s it is s²·var/2, so that log KL is nearly linear in
    /// log s: Newton in these terms takes a handful of steps; a bracket keeps it safe.
    /// </summary>
    public static void BestResponse(ReadOnlySpan<double> losses, Span<double> weights, double radius)
    {
        var (lowest, highest) = (losses[0], losses[0]);
        foreach (var loss in losses)
        {
            lowest = Math.Min(lowest, loss);
            highest = Math.Max(highest, loss);
        }
        var ties = 0;
        foreach (var loss in losses)
        {
            ties += loss == highest ? 1 : 0;
        }
        if (radius >= Math.Log((double)losses.Length / ties))
        {
            for (var i = 0; i < losses.Length; i++)
            {
                weights[i] = losses[i] == highest ? 1.0 / ties : 0;
            }
            return;
        }
        if (radius == 0)
        {
            weights.Fill(1.0 / losses.Length);
            return;
        }
        var range = highest - lowest;
        var (low, high) = (-40.0, double.PositiveInfinity);
        var log = Math.Log(Math.Sqrt(2 * radius) * 2);
        for (var step = 0; step < Steps; step++)
        {
            var slope = Math.Exp(log) / range;
            var (divergence, growth) = Measure(losses, highest, slope);
            (low, high) = divergence < radius ? (log, high) : (low, log);
            var next = log - Math.Log(divergence / radius) * divergence / growth;
            if (!(next > low && next < high))
            {
                next = double.IsInfinity(high) ? log + 2 : low + (high - low) / 2;
            }
            if (Math.Abs(next - log) < 1e-14 || next <= low || next >= high)
            {
                break;
            }
            log = next;
        }
        Write(losses, Math.Exp(log) / range, weights);
    }

    // KL of the softmax, and its derivative by log s: s² times the variance of the losses under it.
    private static (double Divergence, double Growth) Measure(ReadOnlySpan<double> losses, double highest, double slope)
    {
        double sum = 0;
        double first = 0;
        double second = 0;
        foreach (var loss in losses)
        {
            var exponent = slope * (loss - highest);
            var power = Math.Exp(exponent);
            sum += power;
            first += power * exponent;
            second += power * exponent * exponent;
        }
        var mean = first / sum;
        return (Math.Max(mean - Math.Log(sum / losses.Length), 0), Math.Max(second / sum - mean * mean, 0));
    }
}
