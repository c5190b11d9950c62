namespace RobustMeta.Studies;

/// <summary>
/// How long a run takes, as a product of one factor for each level of what it is made of (data set, base model, method …):
/// the Poisson log-linear model of the seconds, fitted by iterative proportional scaling (Deming and Stephan 1940, equation
/// 7; Bishop, Fienberg and Holland 1975, section 3.5). The predicted seconds of the fitted runs add up to the measured ones
/// at every level, so that sums of predictions are not biased as those of logarithms are.
/// </summary>
public sealed class RunTimes
{
    // Far below what differs between two equal runs.
    private const double Tolerance = 1e-6;
    private const int MostSweeps = 200;

    private readonly double mean;
    private readonly Dictionary<string, double>[] factors;

    private RunTimes(double mean, Dictionary<string, double>[] factors) => (this.mean, this.factors) = (mean, factors);

    /// <summary>Fits the factors.</summary>
    /// <param name="runs">Levels `[K]` of every run, the same K for all, and its seconds, above 0; at least one run.</param>
    /// <exception cref="ArgumentException">No run, or runs with different numbers of levels.</exception>
    public static RunTimes Fit(IReadOnlyList<(string[] Levels, double Seconds)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0 || runs.Any(run => run.Levels.Length != runs[0].Levels.Length))
        {
            throw new ArgumentException("expected at least one run, all with as many levels", nameof(runs));
        }
        var factors = Enumerable
            .Range(0, runs[0].Levels.Length)
            .Select(k => runs.Select(run => run.Levels[k]).Distinct().ToDictionary(level => level, _ => 1.0))
            .ToArray();
        var times = new RunTimes(runs.Average(run => run.Seconds), factors);
        for (var sweep = 0; sweep < MostSweeps && times.Sweep(runs) > Tolerance; sweep++) { }
        return times;
    }

    /// <summary>Seconds of a run; a level that no fitted run had takes the mean factor of those that had one.</summary>
    /// <param name="levels">Its levels `[K]`.</param>
    public double Predict(string[] levels) =>
        factors
            .Select((factor, k) => factor.TryGetValue(levels[k], out var own) ? own : factor.Values.Average())
            .Aggregate(mean, (product, factor) => product * factor);

    // Scales every level so that its predictions add up to what was measured; the largest relative change.
    private double Sweep(IReadOnlyList<(string[] Levels, double Seconds)> runs)
    {
        var change = 0.0;
        for (var k = 0; k < factors.Length; k++)
        {
            foreach (var level in runs.GroupBy(run => run.Levels[k]))
            {
                var ratio = level.Sum(run => run.Seconds) / level.Sum(run => Predict(run.Levels));
                factors[k][level.Key] *= ratio;
                change = Math.Max(change, Math.Abs(ratio - 1));
            }
        }
        return change;
    }
}
