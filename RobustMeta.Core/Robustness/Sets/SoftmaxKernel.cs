using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Softmax weights p ∝ exp(s L) and the s at which they are a given divergence away from uniform. Passes over all users at
/// every batch are what exponentiated weights cost, so they are vectorised.
/// </summary>
internal static class SoftmaxKernel
{
    private const int Steps = 100;
    private static readonly int Lanes = Vector256<double>.Count;

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

    /// <summary>
    /// Scales weights to a sum of one, and where their divergence is too large flattens them: p ∝ w^s with the largest s ≤ 1
    /// for which KL ≤ ρ. A weight that has underflowed counts as the smallest there is, and can come back.
    /// </summary>
    public static void Restrict(Span<double> weights, double radius)
    {
        if (radius == 0)
        {
            weights.Fill(1.0 / weights.Length);
            return;
        }
        var (sum, squares) = Moments(weights);
        // KL ≤ log(1 + χ²): most often this spares the logarithms.
        if (Math.Log(weights.Length * (squares / sum) / sum) <= radius)
        {
            Divide(weights, sum);
            return;
        }
        using var scratch = new Scratch(weights.Length);
        var (divergence, growth) = Logarithms(weights, scratch.Values, sum);
        if (divergence <= radius)
        {
            Divide(weights, sum);
        }
        else
        {
            var (lowest, highest) = Extremes(scratch.Values);
            var low = -40 - Math.Log(highest - lowest);
            Solve(scratch.Values, highest, weights, radius, 0, low, (divergence, growth));
        }
    }

    // Raises weights of zero to the smallest number; returns Σw and Σw².
    private static (double Sum, double Squares) Moments(Span<double> weights)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        var smallest = Vector256.Create(double.Epsilon);
        var (sums, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        foreach (ref var vector in vectors)
        {
            vector = Vector256.Max(vector, smallest);
            sums += vector;
            squares += vector * vector;
        }
        var (sum, square) = (Vector256.Sum(sums), Vector256.Sum(squares));
        foreach (ref var weight in weights[(vectors.Length * Lanes)..])
        {
            weight = Math.Max(weight, double.Epsilon);
            sum += weight;
            square += weight * weight;
        }
        return (sum, square);
    }

    // Writes log w; returns what Measure would of them at a slope of one.
    private static (double Divergence, double Growth) Logarithms(
        ReadOnlySpan<double> weights,
        Span<double> logs,
        double sum
    )
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        var targets = MemoryMarshal.Cast<double, Vector256<double>>(logs);
        // Centred, so that the variance keeps its digits.
        var centre = Math.Log(sum / weights.Length);
        var (firsts, seconds) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var i = 0; i < vectors.Length; i++)
        {
            targets[i] = Vector256.Log(vectors[i]);
            var deviation = targets[i] - Vector256.Create(centre);
            firsts += vectors[i] * deviation;
            seconds += vectors[i] * deviation * deviation;
        }
        var (first, second) = (Vector256.Sum(firsts), Vector256.Sum(seconds));
        for (var i = vectors.Length * Lanes; i < weights.Length; i++)
        {
            logs[i] = Math.Log(weights[i]);
            first += weights[i] * (logs[i] - centre);
            second += weights[i] * (logs[i] - centre) * (logs[i] - centre);
        }
        var mean = first / sum;
        return (Math.Max(mean, 0), Math.Max(second / sum - mean * mean, 0));
    }

    private static void Divide(Span<double> weights, double sum)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        foreach (ref var vector in vectors)
        {
            vector /= sum;
        }
        foreach (ref var weight in weights[(vectors.Length * Lanes)..])
        {
            weight /= sum;
        }
    }

    /// <summary>
    /// Writes the softmax with KL = ρ. The divergence rises with s; for small s it is s²·var/2, so that log KL is nearly
    /// linear in log s: Newton in these terms takes a handful of steps; a bracket keeps it safe.
    /// </summary>
    public static void BestResponse(ReadOnlySpan<double> losses, Span<double> weights, double radius)
    {
        var (lowest, highest) = Extremes(losses);
        var ties = losses.Count(highest);
        if (radius >= Math.Log((double)losses.Length / ties))
        {
            for (var i = 0; i < losses.Length; i++)
            {
                weights[i] = losses[i] == highest ? 1.0 / ties : 0;
            }
        }
        else if (radius == 0)
        {
            weights.Fill(1.0 / losses.Length);
        }
        else
        {
            var range = highest - lowest;
            var start = Math.Log(Math.Sqrt(2 * radius) * 2 / range);
            var atStart = Measure(losses, highest, Math.Exp(start));
            Solve(losses, highest, weights, radius, start, -40 - Math.Log(range), atStart);
        }
    }

    // From log s = start; `low` is a log s at which the divergence is certainly too small.
    private static void Solve(
        ReadOnlySpan<double> losses,
        double highest,
        Span<double> weights,
        double radius,
        double start,
        double low,
        (double Divergence, double Growth) atStart
    )
    {
        var log = start;
        var (divergence, growth) = atStart;
        var high = double.PositiveInfinity;
        for (var step = 0; step < Steps; step++)
        {
            if (step > 0)
            {
                (divergence, growth) = Measure(losses, highest, Math.Exp(log));
            }
            (low, high) = divergence < radius ? (log, high) : (low, log);
            var next = log - Math.Log(divergence / radius) * divergence / growth;
            var isNewton = next > low && next < high;
            if (!isNewton)
            {
                next = double.IsInfinity(high) ? log + 2 : low + (high - low) / 2;
            }
            var change = Math.Abs(next - log);
            if (next <= low || next >= high)
            {
                break;
            }
            log = next;
            // Newton's error is about the square of its last step.
            if (change < (isNewton ? 1e-7 : 1e-14))
            {
                break;
            }
        }
        Write(losses, highest, Math.Exp(log), weights);
    }

    private static (double Lowest, double Highest) Extremes(ReadOnlySpan<double> losses)
    {
        var (lowest, highest) = (losses[0], losses[0]);
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(losses);
        if (vectors.Length > 0)
        {
            var (low, high) = (vectors[0], vectors[0]);
            foreach (var vector in vectors)
            {
                low = Vector256.Min(low, vector);
                high = Vector256.Max(high, vector);
            }
            for (var lane = 0; lane < Lanes; lane++)
            {
                lowest = Math.Min(lowest, low[lane]);
                highest = Math.Max(highest, high[lane]);
            }
        }
        foreach (var loss in losses[(vectors.Length * Lanes)..])
        {
            lowest = Math.Min(lowest, loss);
            highest = Math.Max(highest, loss);
        }
        return (lowest, highest);
    }

    private static void Write(ReadOnlySpan<double> losses, double highest, double slope, Span<double> weights)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(losses);
        var targets = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        var top = Vector256.Create(highest);
        var sums = Vector256<double>.Zero;
        for (var i = 0; i < vectors.Length; i++)
        {
            targets[i] = Vector256.Exp(slope * (vectors[i] - top));
            sums += targets[i];
        }
        var sum = Vector256.Sum(sums);
        for (var i = vectors.Length * Lanes; i < losses.Length; i++)
        {
            weights[i] = Math.Exp(slope * (losses[i] - highest));
            sum += weights[i];
        }
        Divide(weights, sum);
    }

    // KL of the softmax, and its derivative by log s: s² times the variance of the losses under it.
    private static (double Divergence, double Growth) Measure(ReadOnlySpan<double> losses, double highest, double slope)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(losses);
        var top = Vector256.Create(highest);
        var (sums, firsts, seconds) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        foreach (var vector in vectors)
        {
            var exponent = slope * (vector - top);
            var power = Vector256.Exp(exponent);
            var product = power * exponent;
            sums += power;
            firsts += product;
            seconds += product * exponent;
        }
        var (sum, first, second) = (Vector256.Sum(sums), Vector256.Sum(firsts), Vector256.Sum(seconds));
        foreach (var loss in losses[(vectors.Length * Lanes)..])
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
