using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Euclidean projection onto {p ≥ 0, Σp = z}: p = max(v − τ, 0) with the τ that makes the sum right. τ is found by
/// Newton's method on the convex, piecewise linear function Σ max(v − τ, 0) − z, started left of its root (Michelot,
/// JOTA 1986; Condat, Math. Program. 2016): monotone, exact after finitely many passes, no sorting.
/// </summary>
public static class SimplexProjection
{
    // Beyond this the differences of the values lose digits to their size, and sums of them may overflow.
    private const double LargestThreshold = 1024;

    /// <summary>Projects in place.</summary>
    /// <param name="values">A point; finite.</param>
    /// <param name="total">The sum z to project to, positive.</param>
    public static void Apply(Span<double> values, double total)
    {
        var threshold = Threshold(values, total);
        if (!(Math.Abs(threshold) <= LargestThreshold * total))
        {
            Around(values, TensorPrimitives.Max(values), total);
            threshold = Threshold(values, total);
        }
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var shift = new Vector<double>(threshold);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Vector.Max(vectors[i] - shift, Vector<double>.Zero);
        }
        foreach (ref var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            value = Math.Max(value - threshold, 0);
        }
    }

    /// <summary>
    /// Moves all values so that a level comes to zero, which changes no projection onto weights of a given sum, and those
    /// further than a distance from it to that distance, beyond which they are zero (or at the cap) anyhow.
    /// </summary>
    internal static void Around(Span<double> values, double level, double distance)
    {
        foreach (ref var value in values)
        {
            value = Math.Clamp(value - level, -distance, distance);
        }
    }

    /// <summary>
    /// Projects weights relative to 1/n, if none of them comes to zero: one pass to read and one to write, with the bits of scaling,
    /// <see cref="Apply"/> and scaling back.
    /// </summary>
    /// <param name="weights">n weights, in place.</param>
    /// <param name="unit">1/n.</param>
    /// <returns>Whether they are projected; otherwise they are as they were: one comes to zero, or one is not finite.</returns>
    internal static bool TryKeepAll(Span<double> weights, double unit)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var tail = weights[(vectors.Length * Vector<double>.Count)..];
        var sums = Vector<double>.Zero;
        var lowest = new Vector<double>(double.PositiveInfinity);
        foreach (var vector in vectors)
        {
            var scaled = vector * unit;
            sums += scaled;
            lowest = Vector.Min(lowest, scaled);
        }
        var sum = Vector.Sum(sums);
        var least = double.PositiveInfinity;
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            least = Math.Min(least, lowest[lane]);
        }
        foreach (var weight in tail)
        {
            sum += weight * unit;
            least = Math.Min(least, weight * unit);
        }
        var threshold = (sum - 1) / weights.Length;
        if (!(Math.Abs(threshold) <= LargestThreshold) || !(least > threshold))
        {
            return false;
        }
        var (shift, back) = (new Vector<double>(threshold), 1 / unit);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (vectors[i] * unit - shift) * back;
        }
        foreach (ref var weight in tail)
        {
            weight = (weight * unit - threshold) * back;
        }
        return true;
    }

    private static double Threshold(ReadOnlySpan<double> values, double total)
    {
        // With everything active the function is linear through this point, which lies left of the root.
        var (sum, count) = SumAbove(values, double.NegativeInfinity);
        var threshold = (sum - total) / count;
        while (true)
        {
            (sum, var active) = SumAbove(values, threshold);
            var next = (sum - total) / active;
            // Left of the root the active set only shrinks; when it no longer does, the threshold is exact.
            if (active == count || next <= threshold)
            {
                return Math.Max(threshold, next);
            }
            (threshold, count) = (next, active);
        }
    }

    private static (double Sum, double Count) SumAbove(ReadOnlySpan<double> values, double threshold)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var level = new Vector<double>(threshold);
        var sums = Vector<double>.Zero;
        var counts = Vector<double>.Zero;
        foreach (var vector in vectors)
        {
            var above = Vector.GreaterThan(vector, level);
            sums += Vector.ConditionalSelect(above, vector, Vector<double>.Zero);
            counts += Vector.ConditionalSelect(above, Vector<double>.One, Vector<double>.Zero);
        }
        var sum = Vector.Sum(sums);
        var count = Vector.Sum(counts);
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            if (value > threshold)
            {
                sum += value;
                count++;
            }
        }
        return (sum, count);
    }
}
