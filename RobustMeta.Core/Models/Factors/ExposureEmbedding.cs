using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// What the mere choice of the rated items says, as vectors: of an item for the users' prior (a user's features are the sum
/// over the support items, over the root of their number), and of an item for its own prior (who rated it). Built from the
/// ratings of the training users alone, without their values.
/// </summary>
internal static class ExposureEmbedding
{
    private const double ItemUserDamping = 3;
    private const double Smallest = 1e-2;

    /// <summary>Columns of <see cref="ForItems"/> that say who rated an item, not how many did.</summary>
    public static Range Places => 2..;

    /// <summary>Largest rank that the data allow, at most the wanted one.</summary>
    public static int Rank(FactorCells cells, int wanted) =>
        Math.Max(1, Math.Min(wanted, Math.Min(cells.Users, cells.Items) - 1));

    /// <summary>Item vectors for users' features, of the wanted rank as far as the data allow.</summary>
    public static Matrix<double> ForUsers(BayesianFactors factors, int wanted, long seed) =>
        ForUsers(factors.Exposures, Rank(factors.Exposures, wanted), seed, factors.Threads);

    /// <summary>Item vectors for users' features: right singular vectors over <c>√(n_i + 3)</c>, <c>[items, rank]</c>.</summary>
    public static Matrix<double> ForUsers(FactorCells cells, int rank, long seed, ParallelOptions threads)
    {
        var matrix = new ExposureMatrix(cells, 0, true);
        var (vectors, _) = SingularVectors.Of(matrix, rank, seed, threads);
        return Matrix<double>.Build.Dense(cells.Items, rank, (i, k) => vectors[i, k] * matrix.ItemScale(i));
    }

    /// <summary>
    /// Features of the items for their own prior, <c>[items, rank + 2]</c>: 1, log popularity, and the item's place among those
    /// who rated it (rows of unit length, so that popularity does not come twice); standardised over the rated items.
    /// </summary>
    public static double[][] ForItems(FactorCells cells, int rank, long seed, ParallelOptions threads)
    {
        var matrix = new ExposureMatrix(cells, ItemUserDamping, false);
        var (vectors, values) = SingularVectors.Of(matrix, rank, seed, threads);
        var rows = new double[cells.Items][];
        for (var item = 0; item < cells.Items; item++)
        {
            var row = new double[rank];
            for (var k = 0; k < rank; k++)
            {
                row[k] = vectors[item, k] * values[k];
            }
            var length = Math.Sqrt(DenseVector.Dot(row, row)) + Smallest;
            rows[item] = [Math.Log(cells.OfItem(item).Length + 1), .. row.Select(x => x / length)];
        }
        Standardise(rows, cells.HasItem);
        return [.. rows.Select(row => (double[])[1, .. row])];
    }

    private static void Standardise(double[][] rows, bool[] counts)
    {
        var rated = rows.Where((_, item) => counts[item]).ToArray();
        for (var k = 0; k < rows[0].Length; k++)
        {
            var mean = rated.Average(row => row[k]);
            var deviation = Math.Sqrt(rated.Average(row => (row[k] - mean) * (row[k] - mean)));
            foreach (var row in rows)
            {
                row[k] = deviation > 1e-12 ? (row[k] - mean) / deviation : 0;
            }
        }
    }
}
