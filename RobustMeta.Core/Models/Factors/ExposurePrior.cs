using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Runtime;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Gaussian prior of a user's vector h = (level, factors) whose mean is a linear function of <em>which</em> items are in the
/// support: <c>h ~ N(Cᵀφ(S), Σ)</c>. φ(S) is the sum of the exposure vectors of the support items over √|S|, and log |S|, both
/// standardised, and 1. C and Σ by expectation-maximisation over the training users: posteriors of h from all of a user's
/// ratings, φ from cold-start supports drawn from them. Ratings of other users and queries are not looked at.
/// </summary>
internal sealed class ExposurePrior
{
    private const int Rounds = 8;
    private const double Penalty = 10;
    private const double InterceptPenalty = 1e-6;

    // Sums over users are made in pieces of this many, in order: the same whatever the number of threads.
    private const int Piece = 64;

    private readonly BayesianFactors factors;
    private readonly double[][] features;
    private readonly FactorSide evidence;
    private readonly int order;

    private ExposurePrior(BayesianFactors factors, double[][] features)
    {
        (this.factors, this.features) = (factors, features);
        evidence = factors.Evidence();
        order = factors.Width - 1;
        Coefficients = Matrix<double>.Build.Dense(features[0].Length, order);
        Covariance = Matrix<double>.Build.DenseIdentity(order);
        Covariance[0, 0] = factors.LevelVariance;
    }

    /// <summary>The vectors of the items that φ sums, scaled to standardised features, <c>[items, rank]</c>.</summary>
    public required Matrix<double> Items { get; init; }

    /// <summary>Coefficients C of (items' sum over √|S|, log |S|/15, 1) as they come: <c>[rank + 2, width - 1]</c>.</summary>
    public Matrix<double> Coefficients { get; private set; }

    /// <summary>Covariance Σ of the prior, <c>[width - 1, width - 1]</c>.</summary>
    public Matrix<double> Covariance { get; private set; }

    /// <summary>Fits the prior to the training users.</summary>
    /// <param name="factors">Fitted factors; they keep their values.</param>
    /// <param name="items">Vector of each item that φ sums, <c>[items, rank]</c>.</param>
    /// <param name="supportSize">Number of items that each training user's support exposes; 0 counts as 1.</param>
    /// <param name="control">A control experiment.</param>
    /// <param name="seed">Seed of the drawn supports.</param>
    public static ExposurePrior Fit(
        BayesianFactors factors,
        Matrix<double> items,
        Func<int, int> supportSize,
        ControlledExposure control,
        long seed
    )
    {
        var cells = factors.Exposures;
        var features = ExposureDraws.Of(cells, items, supportSize, seed);
        var sizes = Enumerable
            .Range(0, cells.Users)
            .Select(cells.OfUser)
            .Select(range => range.End - range.First)
            .ToList();
        foreach (var draw in features.Chunk(cells.Users))
        {
            control.Apply("users", draw, ..items.ColumnCount, sizes);
        }
        var (mean, deviation) = ExposureDraws.Standardise(features);
        var prior = new ExposurePrior(factors, features)
        {
            Items = Matrix<double>.Build.Dense(items.RowCount, items.ColumnCount, (i, k) => items[i, k] / deviation[k]),
        };
        prior.Iterate();
        prior.Unstandardise(mean, deviation);
        return prior;
    }

    private void Iterate()
    {
        var width = features[0].Length;
        var system = Matrix<double>.Build.DenseDiagonal(
            width,
            width,
            k => k == width - 1 ? InterceptPenalty : Penalty * ExposureDraws.Count
        );
        var design = Matrix<double>.Build.DenseOfRowArrays(features);
        var solver = (system + design.TransposeThisAndMultiply(design)).Cholesky();
        for (var round = 0; round < Rounds; round++)
        {
            var (posteriors, spread) = Expect(design);
            Coefficients = solver.Solve(design.TransposeThisAndMultiply(posteriors));
            var rest = posteriors - design * Coefficients;
            var covariance = spread / factors.Cells.Users + rest.TransposeThisAndMultiply(rest) / features.Length;
            Covariance = (covariance + covariance.Transpose()) / 2;
        }
    }

    // Posterior means of every draw, and the sum over users of the posterior covariances.
    private (Matrix<double> Means, Matrix<double> Spread) Expect(Matrix<double> design)
    {
        var users = factors.Cells.Users;
        var inverse = Covariance.Inverse();
        var packed = new double[PackedSymmetric.Size(order)];
        for (var i = 0; i < order; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                packed[PackedSymmetric.Place(order, i, j)] = inverse[i, j];
            }
        }
        var pulls = design * Coefficients * inverse;
        var means = new double[features.Length][];
        var spreads = new double[(users + Piece - 1) / Piece][];
        Parallel.For(
            0,
            spreads.Length,
            factors.Threads,
            factors.UserSystems,
            (piece, _, systems) =>
            {
                spreads[piece] = new double[packed.Length];
                var (added, end) = (new double[order], Math.Min(users, (piece + 1) * Piece));
                for (var first = piece * Piece; first < end; first += factors.Lanes)
                {
                    systems.Load(evidence, first, factors.Scale);
                    systems.AddPrecision(packed);
                    systems.Invert();
                    for (var user = first; user < Math.Min(end, first + factors.Lanes); user++)
                    {
                        systems.AddCovariance(user - first, spreads[piece]);
                        for (var draw = 0; draw < ExposureDraws.Count; draw++)
                        {
                            var row = draw * users + user;
                            for (var k = 0; k < order; k++)
                            {
                                added[k] = pulls[row, k];
                            }
                            systems.Solve(user - first, added, means[row] = new double[order]);
                        }
                    }
                }
                return systems;
            },
            _ => { }
        );
        var total = new double[packed.Length];
        foreach (var spread in spreads)
        {
            DenseVector.AddScaled(total, 1, spread);
        }
        return (
            Matrix<double>.Build.DenseOfRowArrays(means),
            Matrix<double>.Build.Dense(
                order,
                order,
                (i, j) => total[PackedSymmetric.Place(order, Math.Max(i, j), Math.Min(i, j))]
            )
        );
    }

    // The items' vectors are divided by the deviations already; what is left is the mean, which the constant takes.
    private void Unstandardise(double[] mean, double[] deviation)
    {
        var last = Coefficients.RowCount - 1;
        var size = last - 1;
        Coefficients.SetRow(size, Coefficients.Row(size) / deviation[size]);
        for (var k = 0; k < last; k++)
        {
            var shift = k == size ? mean[k] : mean[k] / deviation[k];
            Coefficients.SetRow(last, Coefficients.Row(last) - Coefficients.Row(k) * shift);
        }
    }
}
