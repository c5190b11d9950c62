using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The features of all items as the columns of a linear regression: the fraction of each token in its bag, and numbers.
/// </summary>
public sealed class ContentDesign
{
    // A regression on more tokens than this is neither quick nor well determined; such fields are left out.
    private const int LargestVocabulary = 512;
    private readonly ImmutableArray<(int Column, double Value)>[] rows;

    private readonly ImmutableArray<double> exposurePenalties;

    private ContentDesign(
        ImmutableArray<(int, double)>[] rows,
        ImmutableSortedDictionary<string, int> start,
        int featureColumns,
        ImmutableArray<double> exposurePenalties
    )
    {
        this.rows = rows;
        this.exposurePenalties = exposurePenalties;
        Start = start;
        FeatureColumns = featureColumns;
    }

    /// <summary>First column of each field that is taken, by name; a number's is its only one.</summary>
    public ImmutableSortedDictionary<string, int> Start { get; }

    /// <summary>Number of columns: those of the features, then those of exposure.</summary>
    public int Columns => FeatureColumns + exposurePenalties.Length;

    /// <summary>Number of columns of the items' features; they come first.</summary>
    public int FeatureColumns { get; }

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
        return new([.. rows.Select(row => row.ToImmutableArray())], start.ToImmutable(), columns, []);
    }

    /// <summary>The same design with further columns, dense ones, behind its own.</summary>
    /// <param name="columns">Values of each item, as many for each.</param>
    /// <param name="penalties">Coefficient of the L2 penalty on each of the further columns.</param>
    internal ContentDesign WithExposure(double[][] columns, ImmutableArray<double> penalties) =>
        new(
            [
                .. rows.Select(
                    (row, item) => row.AddRange(columns[item].Select((value, k) => (FeatureColumns + k, value)))
                ),
            ],
            Start,
            FeatureColumns,
            penalties
        );

    /// <summary>Ridge regressions on the features.</summary>
    /// <param name="isSeen">Items that take part.</param>
    /// <param name="penalty">Coefficient of the L2 penalty on the features; columns of exposure bring their own.</param>
    internal ContentRegression Regression(bool[] isSeen, double penalty) =>
        new(rows, isSeen, [.. Enumerable.Repeat(penalty, FeatureColumns), .. exposurePenalties]);

    /// <summary>What coefficients say of an item, by all columns.</summary>
    public double[] Predict(Matrix<double> coefficients, int item) => Predict(coefficients, item, Columns);

    /// <summary>The same by coefficients that stand row by row, <c>[Columns, width]</c>.</summary>
    internal double[] Predict(ReadOnlySpan<double> coefficients, int width, int item)
    {
        var sum = new double[width];
        foreach (var (column, value) in rows[item])
        {
            DenseVector.AddScaled(sum, value, coefficients.Slice(column * width, width));
        }
        return sum;
    }

    /// <summary>What coefficients say of an item, by its features alone.</summary>
    internal double[] PredictByFeatures(Matrix<double> coefficients, int item) =>
        Predict(coefficients, item, FeatureColumns);

    private double[] Predict(Matrix<double> coefficients, int item, int columns)
    {
        var sum = new double[coefficients.ColumnCount];
        foreach (var (column, value) in rows[item])
        {
            if (column >= columns)
            {
                // The columns of exposure come last.
                break;
            }
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += value * coefficients[column, k];
            }
        }
        return sum;
    }
}
