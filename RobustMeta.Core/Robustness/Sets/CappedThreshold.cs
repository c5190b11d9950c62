using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The τ of the Euclidean projection onto the capped simplex, p = clip(v − τ, 0, cap) with Σp = 1. The sum falls with τ and
/// is piecewise linear: Newton steps, exact on the right piece, inside a bracket that is halved every third time.
/// </summary>
internal static class CappedThreshold
{
    public static double Of(ReadOnlySpan<double> values, double cap)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            low = Math.Min(low, value - cap);
            high = Math.Max(high, value);
        }
        var tolerance = 1e-16 * values.Length;
        var threshold = low + (high - low) / 2;
        for (var step = 1; ; step++)
        {
            var (sum, free) = Clipped(values, threshold, cap);
            (low, high) = sum > 1 ? (threshold, high) : (low, threshold);
            var newton = free > 0 ? threshold + (sum - 1) / free : double.NaN;
            var middle = low + (high - low) / 2;
            var isNear = Math.Abs(sum - 1) <= tolerance;
            if (isNear || middle <= low || middle >= high)
            {
                return newton >= low && newton <= high ? newton : threshold;
            }
            threshold = newton > low && newton < high && step % 3 != 0 ? newton : middle;
        }
    }

    // Sum of the clipped values, and how many of them move with the threshold.
    private static (double Sum, double Free) Clipped(ReadOnlySpan<double> values, double threshold, double cap)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var (sums, counts) = (Vector<double>.Zero, Vector<double>.Zero);
        var (level, most) = (new Vector<double>(threshold), new Vector<double>(cap));
        foreach (var vector in vectors)
        {
            var shifted = vector - level;
            sums += Vector.Min(Vector.Max(shifted, Vector<double>.Zero), most);
            var free = Vector.GreaterThan(shifted, Vector<double>.Zero) & Vector.LessThan(shifted, most);
            counts += Vector.ConditionalSelect(free, Vector<double>.One, Vector<double>.Zero);
        }
        var (sum, count) = (Vector.Sum(sums), Vector.Sum(counts));
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            var shifted = value - threshold;
            sum += Math.Clamp(shifted, 0, cap);
            count += shifted > 0 && shifted < cap ? 1 : 0;
        }
        return (sum, count);
    }
}
