using System.Numerics;

namespace RobustMeta.Runtime;

/// <summary>Sums over spans of doubles, in an order that the width of the processor's vectors decides and nothing else.</summary>
internal static class DenseVector
{
    /// <summary><c>y += a x</c>.</summary>
    public static void AddScaled(Span<double> y, double a, ReadOnlySpan<double> x)
    {
        var width = Vector<double>.Count;
        var i = 0;
        var scale = new Vector<double>(a);
        for (; i <= y.Length - width; i += width)
        {
            (new Vector<double>(y[i..]) + scale * new Vector<double>(x[i..])).CopyTo(y[i..]);
        }
        for (; i < y.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    /// <summary><c>xᵀy</c>.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var width = Vector<double>.Count;
        var i = 0;
        var sums = Vector<double>.Zero;
        for (; i <= x.Length - width; i += width)
        {
            sums += new Vector<double>(x[i..]) * new Vector<double>(y[i..]);
        }
        var sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
