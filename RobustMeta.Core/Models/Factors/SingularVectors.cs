using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The leading right singular vectors of an <see cref="ExposureMatrix"/>, by subspace iteration from a random start (Halko,
/// Martinsson and Tropp, SIAM Review 53(2), 2011, algorithm 4.4).
/// </summary>
internal static class SingularVectors
{
    private const int Oversampling = 15;
    private const int Iterations = 6;

    /// <summary>Vectors and values, largest first.</summary>
    /// <param name="matrix">The matrix X.</param>
    /// <param name="rank">Number of vectors, 1 to the smaller extent of X.</param>
    /// <param name="seed">Seed of the start.</param>
    /// <param name="threads">Where it runs.</param>
    /// <returns>Vectors <c>[items, rank]</c>, each with its largest entry positive, and the <c>[rank]</c> singular values.</returns>
    public static (Matrix<double> Vectors, double[] Values) Of(
        ExposureMatrix matrix,
        int rank,
        long seed,
        ParallelOptions threads
    )
    {
        var width = Math.Min(rank + Oversampling, Math.Min(matrix.Items, matrix.Users));
        var random = Seeds.Generator(seed, "singular vectors");
        var basis = Matrix<double>.Build.Dense(matrix.Items, width, (_, _) => random.NextGaussian());
        for (var step = 0; step < Iterations; step++)
        {
            basis = Times(matrix, basis, threads).GramSchmidt().Q;
        }
        // Rayleigh and Ritz: the eigenvectors of XᵀX within the subspace.
        var small = basis.TransposeThisAndMultiply(Times(matrix, basis, threads));
        var eigen = ((small + small.Transpose()) / 2).Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, width).Reverse().Take(rank).ToArray();
        var rotation = Matrix<double>.Build.Dense(width, rank, (i, k) => eigen.EigenVectors[i, order[k]]);
        var vectors = basis * rotation;
        for (var k = 0; k < rank; k++)
        {
            if (vectors.Column(k) is var column && column[column.AbsoluteMaximumIndex()] < 0)
            {
                vectors.SetColumn(k, -column);
            }
        }
        return (vectors, [.. order.Select(k => Math.Sqrt(Math.Max(0, eigen.EigenValues[k].Real)))]);
    }

    private static Matrix<double> Times(ExposureMatrix matrix, Matrix<double> basis, ParallelOptions threads)
    {
        var width = basis.ColumnCount;
        var product = matrix.Gram(basis.ToRowMajorArray(), width, threads);
        return Matrix<double>.Build.DenseOfRowMajor(matrix.Items, width, product);
    }
}
