using System.Collections.Immutable;
using RobustMeta.Robustness;

namespace RobustMeta.Theory;

/// <summary>
/// A way to train against the worst weights of users, with the step sizes that its theory takes for a given number of iterations.
/// </summary>
/// <param name="Name">What it does, for tables.</param>
/// <param name="Theory">Exponent of the iterations in the theoretical bound on the stationarity.</param>
/// <param name="Run">Iterates: users and number of iterations to the parameters before, between and after, <c>[T + 1]</c>.</param>
/// <param name="Stationarity">How far from stationary a parameter is for some users.</param>
public sealed record MinimaxScheme(
    string Name,
    double Theory,
    Func<IReadOnlyList<PlaneUser>, int, PlaneVector[]> Run,
    Func<IReadOnlyList<PlaneUser>, PlaneVector, double> Stationarity
)
{
    private const double Rate = 0.3;

    // Strength of the penalty that makes the ascent strongly concave.
    private const double Penalty = 2;

    private static readonly double Smoothness = PlaneUser.AdaptedSmoothness(Rate);
    private static readonly AmbiguitySet Simplex = AmbiguitySet.Parse("simplex");

    /// <summary>Where all schemes start.</summary>
    internal static readonly PlaneVector Start = new(1.6, 1.6);

    /// <summary>Exact best response, projected ascent at two time scales, and ascent under a quadratic penalty.</summary>
    public static ImmutableArray<MinimaxScheme> All { get; } = [ExactResponse(), TwoTimescale(), Penalised()];

    // Subgradient steps of size 1/√T: stationarity O(T^−1/4) for weakly convex functions (Davis and Drusvyatskiy 2019).
    private static MinimaxScheme ExactResponse() =>
        new(
            "best response, simplex",
            -0.25,
            (users, iterations) =>
                Iterate(
                    users,
                    iterations,
                    (problem, x, weights) =>
                        (x - 1 / Math.Sqrt(iterations) * problem.Gradient(problem.WorstWeights(Simplex, x), x), weights)
                ),
            ToSimplex
        );

    // Projected ascent with a constant step, descent with steps of T^(−2/3): O(ε^−6), or T^−1/6 (Lin, Jin and Jordan 2020).
    private static MinimaxScheme TwoTimescale() =>
        new(
            "gradient ascent, simplex",
            -1.0 / 6,
            (users, iterations) =>
                Iterate(
                    users,
                    iterations,
                    (problem, x, weights) =>
                    {
                        var moved = Projected(problem.Losses(x).Select((loss, u) => weights[u] + loss / Smoothness));
                        return (x - Math.Pow(iterations, -2.0 / 3) * problem.Gradient(weights, x), moved);
                    }
                ),
            ToSimplex
        );

    // Strongly concave in the weights: O(κ² ε^−2), or T^−1/2, with constant steps (Lin, Jin and Jordan 2020).
    private static MinimaxScheme Penalised() =>
        new(
            "gradient ascent, quadratic penalty",
            -0.5,
            (users, iterations) =>
                Iterate(
                    users,
                    iterations,
                    (problem, x, weights) =>
                    {
                        var (uniform, ascent) = (1.0 / users.Count, 1 / (1 + Penalty));
                        var moved = Projected(
                            problem
                                .Losses(x)
                                .Select((loss, u) => weights[u] + ascent * (loss - Penalty * (weights[u] - uniform)))
                        );
                        return (x - 1 / (4 * Smoothness) * problem.Gradient(weights, x), moved);
                    }
                ),
            (users, x) =>
            {
                var problem = new WeightedUsers(users, Rate);
                var response = Projected(problem.Losses(x).Select(loss => 1.0 / users.Count + loss / Penalty));
                return problem.Gradient(response, x).Norm;
            }
        );

    private static double ToSimplex(IReadOnlyList<PlaneUser> users, PlaneVector x) =>
        new WeightedUsers(users, Rate).Stationarity(Simplex, x);

    private static double[] Projected(IEnumerable<double> weights)
    {
        double[] projected = [.. weights];
        Simplex.Project(projected);
        return projected;
    }

    private static PlaneVector[] Iterate(
        IReadOnlyList<PlaneUser> users,
        int iterations,
        Func<WeightedUsers, PlaneVector, double[], (PlaneVector X, double[] Weights)> step
    )
    {
        var problem = new WeightedUsers(users, Rate);
        var points = new PlaneVector[iterations + 1];
        points[0] = Start;
        var weights = Enumerable.Repeat(1.0 / users.Count, users.Count).ToArray();
        for (var t = 1; t <= iterations; t++)
        {
            (points[t], weights) = step(problem, points[t - 1], weights);
        }
        return points;
    }
}
