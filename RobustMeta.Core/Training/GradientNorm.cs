using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Models;

namespace RobustMeta.Training;

/// <summary>Length of the whole gradient.</summary>
internal static class GradientNorm
{
    public static double Of(ParameterSet parameters)
    {
        double squares = 0;
        foreach (var parameter in parameters.All)
        {
            squares += parameter.TouchedRows is { } rows
                ? OfRows(parameter, rows.Span)
                : SquaredSum(parameter.Gradient);
        }
        return Math.Sqrt(squares);
    }

    // The first parameter whose gradient is not finite, for the error message.
    public static string Culprit(ParameterSet parameters) =>
        parameters.All.Where(p => p.Gradient.Any(g => !float.IsFinite(g))).Select(p => p.Name).FirstOrDefault()
            is { } name
            ? $"the gradient of '{name}'"
            : "the norm of the gradient";

    private static double OfRows(Parameter parameter, ReadOnlySpan<int> rows)
    {
        var width = parameter.RowWidth;
        double squares = 0;
        foreach (var row in rows)
        {
            squares += SquaredSum(parameter.Gradient.AsSpan(row * width, width));
        }
        return squares;
    }

    private static double SquaredSum(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sum = Vector<double>.Zero;
        foreach (var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            sum += low * low + high * high;
        }
        var total = Vector.Sum(sum);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            total += (double)value * value;
        }
        return total;
    }
}
