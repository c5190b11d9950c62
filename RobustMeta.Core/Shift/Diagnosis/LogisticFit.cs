using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Tasks;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>Ridge logistic regression by Newton's method, on features standardised by what it is fitted to.</summary>
internal sealed class LogisticFit
{
    private const int MostSteps = 30;
    private const double Ridge = 1;
    private const double Clip = 5;

    private readonly double[] means;
    private readonly double[] spreads;
    private readonly Vector<double> weights;

    /// <summary>Fits.</summary>
    /// <param name="rows">Features; not empty.</param>
    /// <param name="isTest">Which of the two populations each row is of.</param>
    public LogisticFit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> isTest)
    {
        var width = rows[0].Length;
        means = [.. Enumerable.Range(0, width).Select(f => rows.Average(x => x[f]))];
        spreads =
        [
            .. Enumerable
                .Range(0, width)
                .Select(f => Math.Sqrt(rows.Average(x => (x[f] - means[f]) * (x[f] - means[f])))),
        ];
        var x = Matrix<double>.Build.DenseOfRowArrays(rows.Select(Standardised));
        var y = Vector<double>.Build.Dense(rows.Count, i => isTest[i] ? 1 : 0);
        weights = Vector<double>.Build.Dense(width + 1);
        for (var step = 0; step < MostSteps; step++)
        {
            var p = (x * weights).Map(Logistic.Sigmoid);
            var curvature = p.Map(q => Math.Max(q * (1 - q), 1e-9));
            // The intercept is the last column and bears no penalty.
            var penalty = Vector<double>.Build.Dense(width + 1, f => f == width ? 1e-9 : Ridge);
            var gradient = x.TransposeThisAndMultiply(p - y) + penalty.PointwiseMultiply(weights);
            var scaled = x.MapIndexed((i, _, value) => value * curvature[i]);
            var hessian = x.TransposeThisAndMultiply(scaled) + Matrix<double>.Build.DenseOfDiagonalVector(penalty);
            var move = hessian.Cholesky().Solve(gradient);
            weights -= move;
            if (move.AbsoluteMaximum() < 1e-8)
            {
                break;
            }
        }
    }

    /// <summary>Log-odds that a row is of the test population.</summary>
    public double Score(double[] row) => Vector<double>.Build.Dense(Standardised(row)) * weights;

    private double[] Standardised(double[] row) =>
        [
            .. row.Select(
                (value, f) => spreads[f] > 1e-9 ? Math.Clamp((value - means[f]) / spreads[f], -Clip, Clip) : 0
            ),
            1,
        ];
}
