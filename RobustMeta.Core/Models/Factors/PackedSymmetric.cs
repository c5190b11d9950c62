using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Symmetric matrices of order n as n(n + 1)/2 numbers: the diagonal, then what is below it, column by column. So sums of
/// matrices are sums of vectors, and without its first row and column a matrix is the rest of its diagonal and the rest of
/// its columns.
/// </summary>
internal static class PackedSymmetric
{
    /// <summary>Numbers of a matrix.</summary>
    public static int Size(int order) => order * (order + 1) / 2;

    /// <summary>Place of an element.</summary>
    /// <param name="order">Order n.</param>
    /// <param name="row">Row, at least <paramref name="column"/>.</param>
    /// <param name="column">Column.</param>
    public static int Place(int order, int row, int column) =>
        row == column ? row : order + column * (2 * order - column - 1) / 2 + row - column - 1;

    /// <summary>tr(AB), the sum of the products of all elements.</summary>
    public static double Dot(int order, ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        DenseVector.Dot(a[..order], b[..order]) + 2 * DenseVector.Dot(a[order..], b[order..]);
}
