using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// A symmetric positive definite system that is summed up from outer products and solved by Cholesky's method, with the
/// inverse. One instance serves many systems of the same order; no allocation between them.
/// </summary>
/// <param name="order">Number of unknowns n.</param>
internal sealed class SymmetricSystem(int order)
{
    private readonly double[] factor = new double[order * order];

    /// <summary>The matrix, as <see cref="PackedSymmetric"/>.</summary>
    public double[] Matrix { get; } = new double[PackedSymmetric.Size(order)];

    /// <summary>The right side.</summary>
    public double[] Right { get; } = new double[order];

    /// <summary>Starts a new system: a diagonal and a right side.</summary>
    public void Start(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> right)
    {
        Array.Clear(Matrix);
        diagonal.CopyTo(Matrix);
        right.CopyTo(Right);
    }

    /// <summary>Solution and inverse of the matrix (both triangles).</summary>
    /// <param name="solution">Receives the n unknowns.</param>
    /// <param name="inverse">Receives <c>[n, n]</c>.</param>
    public void Solve(Span<double> solution, Span<double> inverse)
    {
        Invert(inverse);
        Multiply(inverse, Right, solution);
    }

    /// <summary>Inverse of the matrix (both triangles), for several right sides.</summary>
    /// <param name="inverse">Receives <c>[n, n]</c>.</param>
    public void Invert(Span<double> inverse)
    {
        Factorise();
        InvertInto(inverse);
    }

    /// <summary>A full square matrix times a vector.</summary>
    /// <param name="matrix">Row-major <c>[n, n]</c>.</param>
    /// <param name="vector">The vector, <c>[n]</c>.</param>
    /// <param name="product">Receives the product, <c>[n]</c>.</param>
    public static void Multiply(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = DenseVector.Dot(matrix.Slice(i * vector.Length, vector.Length), vector);
        }
    }

    // Lower L with L Lᵀ = matrix.
    private void Factorise()
    {
        for (var i = 0; i < order; i++)
        {
            var row = factor.AsSpan(i * order, order);
            for (var j = 0; j <= i; j++)
            {
                var rest =
                    Matrix[PackedSymmetric.Place(order, i, j)] - DenseVector.Dot(row[..j], factor.AsSpan(j * order, j));
                row[j] = i == j ? Math.Sqrt(rest) : rest / factor[j * order + j];
            }
        }
    }

    // Columns of L⁻¹ as rows of W, then the inverse is Σ of their products: A⁻¹ = L⁻ᵀ L⁻¹.
    private void InvertInto(Span<double> inverse)
    {
        Span<double> column = stackalloc double[order];
        for (var c = 0; c < order; c++)
        {
            column.Clear();
            for (var i = c; i < order; i++)
            {
                var rest = (i == c ? 1 : 0) - DenseVector.Dot(factor.AsSpan(i * order + c, i - c), column[c..i]);
                column[i] = rest / factor[i * order + i];
            }
            // Backwards through Lᵀ, column oriented: rows of L are contiguous.
            for (var i = order - 1; i >= 0; i--)
            {
                column[i] /= factor[i * order + i];
                DenseVector.AddScaled(column[..i], -column[i], factor.AsSpan(i * order, i));
            }
            column.CopyTo(inverse.Slice(c * order, order));
        }
    }
}
