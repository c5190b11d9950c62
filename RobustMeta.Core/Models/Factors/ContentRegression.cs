using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>Ridge regressions of targets of the items on the same columns, whose normal equations are factorised once.</summary>
internal sealed class ContentRegression
{
    private readonly ImmutableArray<(int Column, double Value)>[] rows;
    private readonly bool[] isSeen;
    private readonly int columns;
    private readonly Cholesky<double> system;

    /// <summary>Sums up the normal equations.</summary>
    /// <param name="rows">Columns that are not zero and their values, by item.</param>
    /// <param name="isSeen">Items that take part.</param>
    /// <param name="penalties">Coefficient of the L2 penalty of each column.</param>
    public ContentRegression(
        ImmutableArray<(int Column, double Value)>[] rows,
        bool[] isSeen,
        ImmutableArray<double> penalties
    )
    {
        (this.rows, this.isSeen, columns) = (rows, isSeen, penalties.Length);
        var squares = new double[columns * columns];
        for (var k = 0; k < columns; k++)
        {
            squares[k * columns + k] = penalties[k];
        }
        for (var item = 0; item < rows.Length; item++)
        {
            for (var i = 0; i < rows[item].Length && isSeen[item]; i++)
            {
                var (a, x) = rows[item][i];
                foreach (var (b, y) in rows[item])
                {
                    squares[a * columns + b] += x * y;
                }
            }
        }
        system = Matrix<double>.Build.DenseOfRowMajor(columns, columns, squares).Cholesky();
    }

    /// <summary>Coefficients, <c>[columns, width]</c>.</summary>
    /// <param name="targets">Target of an item, by width.</param>
    /// <param name="width">Width of a target.</param>
    public Matrix<double> Coefficients(Func<int, double[]> targets, int width)
    {
        var right = new double[columns * width];
        for (var item = 0; item < rows.Length; item++)
        {
            if (isSeen[item])
            {
                var target = targets(item);
                foreach (var (column, value) in rows[item])
                {
                    DenseVector.AddScaled(right.AsSpan(column * width, width), value, target);
                }
            }
        }
        return system.Solve(Matrix<double>.Build.DenseOfRowMajor(columns, width, right));
    }
}
