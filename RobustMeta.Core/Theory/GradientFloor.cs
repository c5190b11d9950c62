using RobustMeta.Robustness;

namespace RobustMeta.Theory;

/// <summary>
/// How close to a stationary point training ends with first-order and with exact gradients, weights by best response over a
/// chi-square ball (Fallah, Mokhtari and Ozdaglar, AISTATS 2020).
/// </summary>
/// <param name="Rate">Inner rate α.</param>
/// <param name="FirstOrder">Stationarity reached with first-order gradients, mean over problems.</param>
/// <param name="SecondOrder">Stationarity reached with exact gradients, mean over problems.</param>
/// <param name="Bound">αLG, the largest bias of first-order gradients.</param>
public sealed record GradientFloor(double Rate, double FirstOrder, double SecondOrder, double Bound)
{
    /// <summary>The set that the worst weights come from.</summary>
    public const string SetName = "chi2 0.5";

    /// <summary>Floors at some inner rates.</summary>
    /// <param name="problems">Users of each problem.</param>
    /// <param name="iterations">Number of iterations; steps fall with them.</param>
    /// <param name="rates">Inner rates.</param>
    public static IReadOnlyList<GradientFloor> Measure(
        IReadOnlyList<IReadOnlyList<PlaneUser>> problems,
        int iterations,
        IEnumerable<double> rates
    )
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(rates);
        var set = AmbiguitySet.Parse(SetName);
        return
        [
            .. rates.Select(rate => new GradientFloor(
                rate,
                problems.Average(users => Reached(new(users, rate), firstOrder: true)),
                problems.Average(users => Reached(new(users, rate), firstOrder: false)),
                rate * BoundedLoss.Smoothness * BoundedLoss.Lipschitz
            )),
        ];

        double Reached(WeightedUsers problem, bool firstOrder)
        {
            var x = MinimaxScheme.Start;
            for (var t = 1; t <= iterations; t++)
            {
                // Constant at first, then falling: what is left is the bias, not the steps.
                var step = 0.5 / (1 + t / 100.0);
                x -= step * problem.Gradient(problem.WorstWeights(set, x), x, firstOrder);
            }
            return problem.Stationarity(set, x);
        }
    }
}
