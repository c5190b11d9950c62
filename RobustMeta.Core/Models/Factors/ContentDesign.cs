using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The features of all items as the columns of a linear regression: the share of each token in its bag, and numbers.
/// </summary>
public sealed class ContentDesign
{
    // A regression on more tokens than this is neither quick nor well determined; such fields are left out.
    private const int LargestVocabulary = 512;
    private readonly ImmutableArray<(int Column, double Value)>[] rows;

    private ContentDesign(
        ImmutableArray<(int, double)>[] rows,
        ImmutableSortedDictionary<string, int> start,
        int columns
    )
    {
        this.rows = rows;
        Start = start;
        Columns = columns;
    }

    /// <summary>First column of each field that is taken, by name; a number's is its only one.</summary>
    public ImmutableSortedDictionary<string, int> Start { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>The design of some fields.</summary>
    /// <param name="fields">Item fields without the identity.</param>
    /// <param name="items">Number of items.</param>
    public static ContentDesign Of(IEnumerable<InputField> fields, int items)
    {
        var start = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        var columns = 0;
        var rows = Enumerable.Range(0, items).Select(_ => new List<(int, double)>()).ToArray();
        foreach (var field in fields)
        {
            if (field is TokenField { VocabularySize: > LargestVocabulary })
            {
                continue;
            }
            start.Add(field.Name, columns);
            for (var item = 0; item < items; item++)
            {
                if (field is NumericField numbers)
                {
                    rows[item].Add((columns, numbers.Values[item]));
                }
                else if (field is TokenField tokens)
                {
                    var bag = tokens.Bag(item);
                    foreach (var token in bag)
                    {
                        rows[item].Add((columns + token, 1.0 / bag.Length));
                    }
                }
            }
            columns += field is TokenField bags ? bags.VocabularySize : 1;
        }
        return new([.. rows.Select(row => row.ToImmutableArray())], start.ToImmutable(), columns);
    }

    /// <summary>Ridge regression of targets on the features: coefficients <c>[Columns, width]</c>.</summary>
    /// <param name="targets">Target of an item, by width.</param>
    /// <param name="isSeen">Items that take part.</param>
    /// <param name="width">Width of a target.</param>
    /// <param name="penalty">Coefficient of the L2 penalty.</param>
    public Matrix<double> Regress(Func<int, double[]> targets, bool[] isSeen, int width, double penalty)
    {
        var system = Matrix<double>.Build.DenseDiagonal(Columns, penalty);
        var right = Matrix<double>.Build.Dense(Columns, width);
        for (var item = 0; item < rows.Length; item++)
        {
            if (!isSeen[item])
            {
                continue;
            }
            var target = targets(item);
            foreach (var (a, x) in rows[item])
            {
                foreach (var (b, y) in rows[item])
                {
                    system[a, b] += x * y;
                }
                for (var k = 0; k < width; k++)
                {
                    right[a, k] += x * target[k];
                }
            }
        }
        return system.Cholesky().Solve(right);
    }

    /// <summary>What coefficients say of an item.</summary>
    public double[] Predict(Matrix<double> coefficients, int item)
    {
        var sum = new double[coefficients.ColumnCount];
        foreach (var (column, value) in rows[item])
        {
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += value * coefficients[column, k];
            }
        }
        return sum;
    }
}
