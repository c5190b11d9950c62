using RobustMeta.Robustness;
using RobustMeta.Runtime;

namespace RobustMeta.Theory;

/// <summary>
/// How far the loss under a fixed reweighting of the users is from the one that training saw, for a number of users and a radius
/// of the chi-square ball: the price of a radius is an effective sample size N/(1 + 2ρ).
/// </summary>
/// <param name="Users">Number of training users N.</param>
/// <param name="Radius">Radius ρ.</param>
/// <param name="EffectiveUsers">1/‖w*‖², which is N/(1 + 2ρ) on the ball's boundary.</param>
/// <param name="FixedWeights">95 % quantile over repetitions of true minus training loss under the fixed reweighting w*.</param>
/// <param name="Concentration">M ‖w*‖ √(log(1/δ)/2), the concentration term of the bound, δ = 0.05.</param>
/// <param name="AboveWorst">95 % quantile of the true loss under w* minus the worst training loss: what robust training does not cover.</param>
/// <param name="RobustGap">Mean over repetitions of true minus training worst-case loss.</param>
public sealed record GeneralisationGap(
    int Users,
    double Radius,
    double EffectiveUsers,
    double FixedWeights,
    double Concentration,
    double AboveWorst,
    double RobustGap
)
{
    private const double Delta = 0.05;
    private const double Quantile = 0.95;

    /// <summary>The effective number of users that the radius should leave: N/(1 + 2ρ).</summary>
    public double TheoreticalUsers => Users / (1 + 2 * Radius);

    /// <summary>Gaps for all sizes and radii, by radius and then by size.</summary>
    /// <param name="repetitions">Trainings for each size and radius.</param>
    /// <param name="draws">Draws of the expected losses.</param>
    /// <param name="sizes">Numbers of users.</param>
    /// <param name="radii">Radii.</param>
    public static IReadOnlyList<GeneralisationGap> Measure(
        int repetitions,
        int draws,
        IReadOnlyList<int> sizes,
        IEnumerable<double> radii
    )
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(radii);
        var expected = LineUsers.Expected(draws);
        return [.. radii.SelectMany(radius => sizes.Select(size => Measure(expected, repetitions, size, radius)))];
    }

    /// <summary>Exponent with which the gap under fixed weights falls in the effective users; the theory says −0.5.</summary>
    public static double Exponent(IEnumerable<GeneralisationGap> gaps)
    {
        ArgumentNullException.ThrowIfNull(gaps);
        return PowerLaw.Exponent(gaps.Select(gap => (gap.EffectiveUsers, gap.FixedWeights)));
    }

    private static GeneralisationGap Measure(double[][] expected, int repetitions, int count, double radius)
    {
        var set = AmbiguitySet.Parse(FormattableString.Invariant($"chi2 {radius}"));
        double[][] truth = [.. Enumerable.Range(0, count).Select(u => expected[LineUsers.KindOf(u)])];
        // The target reweighting is fixed before any data: the worst for the true losses of the best point.
        var target = new double[count];
        set.BestResponse(At(truth, BestPoint(set, truth)), target);
        var norm = Math.Sqrt(Dot(target, target));
        var runs = Enumerable.Range(1, repetitions).Select(Train).ToList();
        return new(
            count,
            radius,
            1 / (norm * norm),
            UpperQuantile(runs.Select(run => run.Fixed)),
            norm * Math.Sqrt(Math.Log(1 / Delta) / 2),
            UpperQuantile(runs.Select(run => run.AboveWorst)),
            runs.Average(run => run.Robust)
        );

        (double Fixed, double AboveWorst, double Robust) Train(int repetition)
        {
            var random = Seeds.Generator(repetition, "theory draws", FormattableString.Invariant($"{count} {radius}"));
            double[][] sample =
            [
                .. Enumerable.Range(0, count).Select(u => LineUsers.Draw(random, LineUsers.KindOf(u))),
            ];
            var chosen = BestPoint(set, sample);
            var (seen, real) = (At(sample, chosen), At(truth, chosen));
            var worst = set.Value(seen);
            return (Dot(target, real) - Dot(target, seen), Dot(target, real) - worst, set.Value(real) - worst);
        }
    }

    // Point of the grid with the least worst-case loss.
    private static int BestPoint(AmbiguitySet set, double[][] losses) =>
        Enumerable.Range(0, LineUsers.Points).MinBy(point => set.Value(At(losses, point)));

    private static double[] At(double[][] losses, int point) => [.. losses.Select(ofUser => ofUser[point])];

    private static double Dot(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);

    private static double UpperQuantile(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Ceiling(Quantile * sorted.Length) - 1];
    }
}
