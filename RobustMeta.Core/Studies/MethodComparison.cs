using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>Methods of one cell compared with plain training: by seed, and by bootstrap over users.</summary>
public static class MethodComparison
{
    /// <summary>Draws of the bootstrap over users.</summary>
    public const int Draws = StratifiedBootstrap.Resamples;

    /// <summary>The measure of each seed that has the method.</summary>
    public static double[] PerSeed(IEnumerable<SeedResult> seeds, string method, StudyMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(measure);
        return
        [
            .. from seed in seeds
            let values = seed.Methods.GetValueOrDefault(method)
            where values is not null && measure.Allows(seed.Cohort, values)
            select measure.Of(seed.Cohort, values)(seed.Cohort.Once()),
        ];
    }

    /// <summary>The draws of people that all differences of a cell share: who is drawn counts in every seed.</summary>
    public static StratifiedBootstrap Resample(IReadOnlyList<SeedResult> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        return new([.. seeds.Select(seed => seed.Cohort.Users)], BootstrapLevel.Users, resamples: Draws);
    }

    /// <summary>Differences of the given methods to plain training on one measure.</summary>
    /// <param name="plain">Name of the method that the others are compared with.</param>
    /// <param name="seeds">Results.</param>
    /// <param name="draws">Of <see cref="Resample"/>, of the same seeds.</param>
    /// <param name="methods">Names of the methods, among which p-values are corrected.</param>
    /// <param name="measure">The measure.</param>
    public static IReadOnlyList<MethodDifference> Differences(
        string plain,
        IReadOnlyList<SeedResult> seeds,
        StratifiedBootstrap draws,
        IEnumerable<string> methods,
        StudyMeasure measure
    )
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(draws);
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(measure);
        var found = methods
            .Select(method => Difference(plain, seeds, draws, measure, method))
            .OfType<MethodDifference>()
            .ToArray();
        var corrected = Significance.Holm([.. found.Select(difference => difference.P)]);
        var discovered = Significance.BenjaminiHochberg([.. found.Select(difference => difference.P)]);
        return
        [
            .. found.Select(
                (difference, i) => difference with { Corrected = corrected[i], FalseDiscovery = discovered[i] }
            ),
        ];
    }

    private static MethodDifference? Difference(
        string plain,
        IReadOnlyList<SeedResult> seeds,
        StratifiedBootstrap draws,
        StudyMeasure measure,
        string method
    )
    {
        var gains = Gains(plain, seeds, measure, method);
        if (gains.Count == 0)
        {
            return null;
        }
        var bySeed = gains.Select(gain => gain.Of(seeds[gain.Place].Cohort.Once())).ToArray();
        var users = gains.SelectMany(gain => seeds[gain.Place].Cohort.Users).Distinct().Count();
        var (interval, p, _) = draws.Estimate(draw => gains.Average(gain => gain.Of(draw.Users[gain.Place])));
        return new(
            method,
            measure,
            Significance.StudentInterval(bySeed),
            interval with
            {
                Count = users,
            },
            PairedComparison.Larger(p, bySeed),
            double.NaN
        )
        {
            EffectSize = bySeed.Length > 1 ? Significance.CohenDz(bySeed) : double.NaN,
            SignFlip = bySeed.Length > 1 ? Significance.SignFlip(bySeed) : double.NaN,
        };
    }

    // Gains over plain training of the seeds that have both, as functions of how often each user counts.
    private static List<(int Place, Func<double[], double> Of)> Gains(
        string plain,
        IReadOnlyList<SeedResult> seeds,
        StudyMeasure measure,
        string method
    )
    {
        var sign = measure.HigherIsBetter ? 1.0 : -1.0;
        var gains = new List<(int, Func<double[], double>)>();
        for (var place = 0; place < seeds.Count; place++)
        {
            var (cohort, methods) = (seeds[place].Cohort, seeds[place].Methods);
            if (
                methods.TryGetValue(method, out var own)
                && methods.TryGetValue(plain, out var other)
                && measure.Allows(cohort, own)
                && measure.Allows(cohort, other)
            )
            {
                var (ownOf, otherOf) = (measure.Of(cohort, own), measure.Of(cohort, other));
                double Gain(double[] counts) => sign * (ownOf(counts) - otherOf(counts));
                // None of a seed's few users may be one that the measure is of: such a seed says nothing of it.
                if (double.IsFinite(Gain(cohort.Once())))
                {
                    gains.Add((place, Gain));
                }
            }
        }
        return gains;
    }
}
