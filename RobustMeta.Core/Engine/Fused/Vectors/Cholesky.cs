using System.Numerics;

namespace RobustMeta.Engine.Fused.Vectors;

/// <summary>
/// Small symmetric positive definite systems: A = UᵀU with U upper triangular, in place, row by padded row. Only A's upper
/// triangle is read.
/// </summary>
/// <param name="arithmetic">Arithmetic.</param>
/// <param name="what">What the system is, for the message that refuses one.</param>
/// <param name="remedy">What makes it positive definite, for the same message.</param>
internal sealed unsafe class Cholesky<T>(Arithmetic<T> arithmetic, string what, string remedy)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Factors A <c>[n, padded]</c>; below its diagonal U is zero.</summary>
    /// <exception cref="ArithmeticException">
    /// A is not positive definite at this precision. Numbers that are not finite pass through, as everywhere.
    /// </exception>
    public void Factor(T* a, int n)
    {
        var width = arithmetic.Padded(n);
        for (var k = 0; k < n; k++)
        {
            var row = a + (long)k * width;
            if (row[k] <= T.Zero)
            {
                throw new ArithmeticException(
                    $"A {what} system of size {n} is not positive definite at the precision of {typeof(T).Name}: pivot "
                        + $"{k} is {row[k]}. Expected a penalty well above the rounding of the item vectors' squares; take "
                        + $"{remedy} or a smaller learning rate, or engine = autograd."
                );
            }
            Arithmetic<T>.Clear(row, k);
            arithmetic.Scale(T.One / T.Sqrt(row[k]), row, row, width);
            for (var i = k + 1; i < n; i++)
            {
                arithmetic.AddScaled(-row[i], row, a + (long)i * width, width);
            }
        }
    }

    /// <summary>Solves UᵀU x = x in place; x is padded with zeros.</summary>
    public void Solve(T* u, T* x, int n)
    {
        var width = arithmetic.Padded(n);
        for (var k = 0; k < n; k++)
        {
            var row = u + (long)k * width;
            var value = x[k] / row[k];
            arithmetic.AddScaled(-value, row, x, width);
            x[k] = value;
        }
        for (var k = n - 1; k >= 0; k--)
        {
            var row = u + (long)k * width;
            var value = x[k];
            // The row is zero before its diagonal, so what is not solved yet does not count.
            x[k] = T.Zero;
            x[k] = (value - arithmetic.Dot(row, x, width)) / row[k];
        }
    }
}
