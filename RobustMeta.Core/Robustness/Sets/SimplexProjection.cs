using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// Euclidean projection onto {p ≥ 0, Σp = z}: p = max(v − τ, 0) with the τ that makes the sum right. τ is found by
/// Newton's method on the convex, piecewise linear function Σ max(v − τ, 0) − z, started left of its root (Michelot,
/// JOTA 1986; Condat, Math. Program. 2016): monotone, exact after finitely many passes, no sorting.
/// </summary>
public static class SimplexProjection
{
    /// <summary>Projects in place.</summary>
    /// <param name="values">A point; finite.</param>
    /// <param name="total">The sum z to project to, positive.</param>
    public static void Apply(Span<double> values, double total)
    {
        var threshold = Threshold(values, total);
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
