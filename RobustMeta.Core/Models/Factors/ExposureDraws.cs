using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// What cold-start supports of the training users expose, as features: several supports a user, drawn from all that the user
/// rated, so that the items of the given support are not the only ones.
/// </summary>
internal static class ExposureDraws
{
    /// <summary>Support size that log |S| is relative to.</summary>
    public const double UsualSupport = 15;

    /// <summary>Number of supports that are drawn for each user.</summary>
    public const int Count = 3;

    /// <summary>
    /// Features of the supports, draw by draw, users in order, <c>[Count · users][rank + 2]</c>: the sum of the items' vectors over
    /// √|S|, log(|S| / 15) and 1.
    /// </summary>
    /// <param name="cells">What the training users met.</param>
    /// <param name="items">Vectors of the items, <c>[items, rank]</c>.</param>
    /// <param name="supportSize">Number of items that each training user's support exposes; 0 counts as 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static double[][] Of(FactorCells cells, Matrix<double> items, Func<int, int> supportSize, long seed)
    {
        var all = new double[Count * cells.Users][];
        var rank = items.ColumnCount;
        for (var draw = 0; draw < Count; draw++)
        {
            var random = Seeds.Generator(seed, "exposure supports", $"{draw}");
            for (var user = 0; user < cells.Users; user++)
            {
                var (first, end) = cells.OfUser(user);
                var drawn = Math.Min(supportSize(user), end - first);
                var size = Math.Max(1, drawn);
                var row = new double[rank + 2];
                foreach (var place in random.Permutation(end - first).AsSpan(0, drawn))
                {
                    for (var k = 0; k < rank; k++)
                    {
                        row[k] += items[cells.Item[first + place], k] / Math.Sqrt(size);
                    }
                }
                (row[rank], row[rank + 1]) = (Math.Log(size / UsualSupport), 1);
                all[draw * cells.Users + user] = row;
            }
        }
        return all;
    }

    /// <summary>Standardises all features but the last, the constant, in place; returns their means and deviations.</summary>
    public static (double[] Mean, double[] Deviation) Standardise(double[][] rows)
    {
        var width = rows[0].Length - 1;
        var (mean, deviation) = (new double[width], new double[width]);
        for (var k = 0; k < width; k++)
        {
            var center = rows.Average(row => row[k]);
            var spread = Math.Sqrt(rows.Average(row => (row[k] - center) * (row[k] - center)));
            (mean[k], deviation[k]) = (center, spread > 1e-12 ? spread : 1);
            foreach (var row in rows)
            {
                row[k] = (row[k] - center) / deviation[k];
            }
        }
        return (mean, deviation);
    }
}
