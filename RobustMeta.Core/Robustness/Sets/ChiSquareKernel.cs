using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The part of the simplex within a χ² divergence D(p) = ½ mean((n p − 1)²) ≤ ρ of uniform weights, equivalently within
/// Euclidean distance √(2ρ/n). Shared by the sets that state the radius in either way.
/// </summary>
internal static class ChiSquareKernel
{
    public static double Divergence(ReadOnlySpan<double> weights)
    {
        double squares = 0;
        foreach (var weight in weights)
        {
            var deviation = weights.Length * weight - 1;
            squares += deviation * deviation;
        }
        return squares / (2 * weights.Length);
    }

    /// <summary>
    /// Euclidean projection. Outside the ball the optimality conditions give p ∝ (v − η)₊ with D(p) = ρ, which is the
    /// best response to v.
    /// </summary>
    public static void Project(Span<double> weights, double radius)
    {
        using var point = new Scratch(weights.Length);
        weights.CopyTo(point.Values);
        SimplexProjection.Apply(weights, 1);
        if (Divergence(weights) > radius)
        {
            FiniteValues.Divide(point.Values, FiniteValues.Unit(point.Values), point.Values);
            BestResponse(point.Values, weights, radius);
        }
    }

    /// <summary>
    /// The maximiser p ∝ (L − η)₊ with D(p) = ρ. For a fixed set of k active losses with mean m and variance s² the
    /// condition reads s²/(m − η)² = (1 + 2ρ)k/n − 1. Starting with all losses active, η only rises and the active set
    /// only shrinks, so finitely many passes without sorting are exact (the argument of Michelot's simplex projection).
    /// </summary>
    public static void BestResponse(ReadOnlySpan<double> losses, Span<double> weights, double radius)
    {
        var n = losses.Length;
        var (lowest, highest) = Range(losses);
        var ties = CountOf(losses, highest);
        if (n <= (1 + 2 * radius) * ties)
        {
            Share(losses, highest, ties, weights);
            return;
        }
        // Relative to the largest loss and in units of the range, the moments below lose no digits.
        var scale = 1 / (highest - lowest);
        var active = Moments(losses, highest, scale, double.NegativeInfinity);
        while (true)
        {
            var mean = active.Sum / active.Count;
            var variance = active.Squares / active.Count - mean * mean;
            // Without subtracting 1 from nearly 1, which would lose small radii.
            var excess = (active.Count - n + 2 * radius * active.Count) / n;
            if (variance <= 0 || excess < 0)
            {
                // The active losses differ by less than rounding: they tie.
                Share(losses, highest, CountOf(losses, highest), weights);
                return;
            }
            var slope = Math.Sqrt(excess / variance);
            var next = Moments(losses, highest, scale, mean - 1 / slope);
            if (next.Count >= active.Count)
            {
                Write(losses, highest, scale, mean, slope, active.Count, weights);
                return;
            }
            active = next;
        }
    }

    private static void Share(ReadOnlySpan<double> losses, double highest, int ties, Span<double> weights)
    {
        for (var i = 0; i < losses.Length; i++)
        {
            weights[i] = losses[i] == highest ? 1.0 / ties : 0;
        }
    }

    private static void Write(
        ReadOnlySpan<double> losses,
        double highest,
        double scale,
        double mean,
        double slope,
        double count,
        Span<double> weights
    )
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(losses);
        var into = MemoryMarshal.Cast<double, Vector<double>>(weights);
        for (var i = 0; i < vectors.Length; i++)
        {
            var score = (vectors[i] - new Vector<double>(highest)) * scale;
            into[i] = Vector.Max(Vector<double>.One + (score - new Vector<double>(mean)) * slope, default) / count;
        }
        for (var i = vectors.Length * Vector<double>.Count; i < losses.Length; i++)
        {
            var score = (losses[i] - highest) * scale;
            weights[i] = Math.Max(1 + (score - mean) * slope, 0) / count;
        }
    }

    private static (double Lowest, double Highest) Range(ReadOnlySpan<double> values) =>
        (TensorPrimitives.Min(values), TensorPrimitives.Max(values));

    private static int CountOf(ReadOnlySpan<double> values, double value)
    {
        var count = 0;
        foreach (var other in values)
        {
            count += other == value ? 1 : 0;
        }
        return count;
    }

    // Count, sum and sum of squares of the scaled losses above a threshold.
    private static (double Count, double Sum, double Squares) Moments(
        ReadOnlySpan<double> losses,
        double highest,
        double scale,
        double threshold
    )
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(losses);
        var (counts, sums, squares) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var (top, unit, level) = (
            new Vector<double>(highest),
            new Vector<double>(scale),
            new Vector<double>(threshold)
        );
        foreach (var vector in vectors)
        {
            var score = (vector - top) * unit;
            var above = Vector.GreaterThan(score, level);
            var kept = Vector.ConditionalSelect(above, score, Vector<double>.Zero);
            counts += Vector.ConditionalSelect(above, Vector<double>.One, Vector<double>.Zero);
            sums += kept;
            squares += kept * kept;
        }
        var (count, sum, square) = (Vector.Sum(counts), Vector.Sum(sums), Vector.Sum(squares));
        foreach (var loss in losses[(vectors.Length * Vector<double>.Count)..])
        {
            var score = (loss - highest) * scale;
            if (score > threshold)
            {
                count++;
                sum += score;
                square += score * score;
            }
        }
        return (count, sum, square);
    }
}
