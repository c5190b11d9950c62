using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RobustMeta.Robustness.Sets;

/// <summary>What every ambiguity set asks of its input, in one or two passes over vectors: that it is there and finite.</summary>
internal static class FiniteValues
{
    // Within these the squares of the values, and of their differences from one another, are numbers of full precision.
    private const double Least = 1e-135;
    private const double Most = 1e140;

    /// <summary>Throws unless there is a value and all are finite.</summary>
    public static void Require(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An ambiguity set needs at least one loss.");
        }
        if (AreFinite(values))
        {
            return;
        }
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Value {i} of {values.Length} is {values[i]}.")
                );
            }
        }
    }

    /// <summary>Throws unless no value is negative.</summary>
    public static void RequireNonNegative(ReadOnlySpan<double> values)
    {
        if (TensorPrimitives.Min(values) < 0)
        {
            var (value, place) = (TensorPrimitives.Min(values), TensorPrimitives.IndexOfMin(values));
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Weight {place} of {values.Length} is {value}: a mirror projection needs weights of 0 or more."
                )
            );
        }
    }

    /// <summary>
    /// Checks as <see cref="Require"/> does; returns 1, or the power of two by which values that are all tiny, or in part
    /// huge, are to be divided so that sums of squares keep their digits. Dividing by it is exact.
    /// </summary>
    public static double Unit(ReadOnlySpan<double> values)
    {
        Require(values);
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        return largest is 0 or (>= Least and <= Most) ? 1 : Math.ScaleB(1, Math.ILogB(largest));
    }

    /// <summary>Writes the values divided by a unit.</summary>
    public static void Divide(ReadOnlySpan<double> values, double unit, Span<double> target) =>
        TensorPrimitives.Divide(values, unit, target);

    /// <summary>Whether no value is infinite or NaN.</summary>
    public static bool AreFinite(ReadOnlySpan<double> values)
    {
        // x − x is zero for finite x and NaN for the others.
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var bad = Vector<double>.Zero;
        foreach (var vector in vectors)
        {
            bad += vector - vector;
        }
        if (!Vector.EqualsAll(bad, Vector<double>.Zero))
        {
            return false;
        }
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }
        return true;
    }
}
