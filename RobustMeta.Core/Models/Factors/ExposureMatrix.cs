using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Who rated what, whatever the rating: the matrix X of users by items with <c>1 / (√(|u| + a) √(n_i + 3))</c> where user u
/// rated item i and 0 elsewhere; |u| is the number of the user's ratings, n_i that of the item's, and a the user damping.
/// Never stored densely.
/// </summary>
internal sealed class ExposureMatrix
{
    /// <summary>Ratings added to each item's count: rows of rarely rated items are mostly chance.</summary>
    public const double ItemDamping = 3;

    private readonly FactorCells cells;
    private readonly double[] userScale;
    private readonly double[] itemScale;
    private readonly double[] columnMean;

    /// <summary>The matrix of some interactions.</summary>
    /// <param name="cells">All interactions of the training users.</param>
    /// <param name="userDamping">Ratings a added to each user's count, at least 0.</param>
    /// <param name="isCentred">Whether the mean over users is taken off each column.</param>
    public ExposureMatrix(FactorCells cells, double userDamping, bool isCentred)
    {
        this.cells = cells;
        userScale =
        [
            .. Enumerable
                .Range(0, cells.Users)
                .Select(u => cells.OfUser(u))
                .Select(range => 1 / Math.Sqrt(Math.Max(1, range.End - range.First) + userDamping)),
        ];
        itemScale =
        [
            .. Enumerable.Range(0, cells.Items).Select(item => 1 / Math.Sqrt(cells.OfItem(item).Length + ItemDamping)),
        ];
        columnMean = new double[cells.Items];
        if (isCentred)
        {
            for (var cell = 0; cell < cells.Count; cell++)
            {
                columnMean[cells.Item[cell]] += Value(cell) / cells.Users;
            }
        }
    }

    /// <summary>Number of items, the columns.</summary>
    public int Items => cells.Items;

    /// <summary>Number of users, the rows.</summary>
    public int Users => cells.Users;

    /// <summary><c>1 / √(n_i + 3)</c>.</summary>
    public double ItemScale(int item) => itemScale[item];

    /// <summary><c>XᵀX Z</c> for a matrix Z.</summary>
    /// <param name="z">Row-major <c>[items, width]</c>.</param>
    /// <param name="width">Number of columns of Z.</param>
    /// <param name="threads">Where it runs; the result does not depend on the number of threads.</param>
    /// <returns>Row-major <c>[items, width]</c>.</returns>
    public double[] Gram(double[] z, int width, ParallelOptions threads)
    {
        var ofMean = new double[width];
        for (var item = 0; item < Items; item++)
        {
            DenseVector.AddScaled(ofMean, columnMean[item], z.AsSpan(item * width, width));
        }
        // One row a user, one row an item: every row is summed by one thread, in the order of its cells.
        var rows = new double[(long)Users * width];
        Parallel.For(
            0,
            Users,
            threads,
            user =>
            {
                var row = rows.AsSpan(user * width, width);
                DenseVector.AddScaled(row, -1, ofMean);
                var (first, end) = cells.OfUser(user);
                for (var cell = first; cell < end; cell++)
                {
                    DenseVector.AddScaled(row, Value(cell), z.AsSpan(cells.Item[cell] * width, width));
                }
            }
        );
        var total = new double[width];
        for (var user = 0; user < Users; user++)
        {
            DenseVector.AddScaled(total, 1, rows.AsSpan(user * width, width));
        }
        var product = new double[(long)Items * width];
        Parallel.For(
            0,
            Items,
            threads,
            item =>
            {
                var row = product.AsSpan(item * width, width);
                DenseVector.AddScaled(row, -columnMean[item], total);
                foreach (var cell in cells.OfItem(item))
                {
                    DenseVector.AddScaled(row, Value(cell), rows.AsSpan(cells.User[cell] * width, width));
                }
            }
        );
        return product;
    }

    private double Value(int cell) => userScale[cells.User[cell]] * itemScale[cells.Item[cell]];
}
