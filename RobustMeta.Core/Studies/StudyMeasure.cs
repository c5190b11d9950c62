using RobustMeta.Evaluation;

namespace RobustMeta.Studies;

/// <summary>A number that says how good a method is, computed of the per-user results of one seed.</summary>
public sealed class StudyMeasure
{
    private const string Ndcg = "NDCG@10";
    private const string Mae = "MAE";
    private const string LogLoss = "LogLoss";
    private const double Decile = 0.1;
    private readonly Func<Cohort, MethodValues, Func<double[], double>> of;

    // Fewest test sets for it to say anything.
    private readonly int testSets;

    private StudyMeasure(
        string name,
        string metric,
        bool higherIsBetter,
        string meaning,
        Func<Cohort, MethodValues, Func<double[], double>> of,
        int testSets = 1
    ) =>
        (Name, Metric, HigherIsBetter, Meaning, this.of, this.testSets) = (
            name,
            metric,
            higherIsBetter,
            meaning,
            of,
            testSets
        );

    /// <summary>Name in tables.</summary>
    public string Name { get; }

    /// <summary>The metric that it looks at.</summary>
    public string Metric { get; }

    /// <summary>Direction.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>In one line, for the report.</summary>
    public string Meaning { get; }

    /// <summary>The measures with a meaning of their own, in the order of tables.</summary>
    public static IReadOnlyList<StudyMeasure> Standard { get; } =
    [
        new(Ndcg, Ndcg, true, "mean over the users of the test set that is not shifted", Mean(Ndcg)),
        new(
            "worst β",
            Ndcg,
            true,
            "NDCG@10 of the test set on which the method is worst, each method and seed its own",
            WorstSet(Ndcg, Enumerable.Min),
            2
        ),
        new(
            "worst decile",
            Ndcg,
            true,
            "mean NDCG@10 of the tenth of the users who are worst off with the method, each method its own tenth",
            OnUnshifted(Ndcg, values => WeightedMean.Lowest(Decile, values))
        ),
        new(
            "hard tenth",
            Ndcg,
            true,
            "mean NDCG@10 of the tenth of the users whose supports fit the bias model worst, the same users for all",
            HardTenth(Ndcg)
        ),
        new("RNDCG@10", "RNDCG@10", true, "NDCG@10 with 0 for a random ranking", Mean("RNDCG@10")),
        new("AUC", "AUC", true, "area under the curve, mean over users", Mean("AUC")),
        new(LogLoss, LogLoss, false, "mean log-loss; less is better", Mean(LogLoss)),
        new(
            "LogLoss tail",
            LogLoss,
            false,
            "mean log-loss of the tenth of the users with the largest (CVaR); constant predictions do well here",
            HighestTenth(LogLoss)
        ),
        new(Mae, Mae, false, "mean absolute error; less is better", Mean(Mae)),
        new(
            "MAE worst β",
            Mae,
            false,
            "MAE of the test set on which the method is worst, each method and seed its own",
            WorstSet(Mae, Enumerable.Max),
            2
        ),
        new(
            "MAE worst decile",
            Mae,
            false,
            "mean MAE of the tenth of the users who are worst off with the method, each method its own tenth",
            HighestTenth(Mae)
        ),
        new(
            "MAE hard tenth",
            Mae,
            false,
            "mean MAE of the tenth of the users whose supports fit the bias model worst, the same users for all",
            HardTenth(Mae)
        ),
    ];

    /// <summary>All measures that values allow: the standard ones, then the plain means of other metrics.</summary>
    public static IReadOnlyList<StudyMeasure> For(Cohort cohort, IEnumerable<MethodValues> values)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        ArgumentNullException.ThrowIfNull(values);
        var all = values.ToArray();
        var standard = Standard.Where(measure => all.Any(v => measure.Allows(cohort, v))).ToArray();
        return
        [
            .. standard,
            .. all.SelectMany(v => v.Metrics)
                .Distinct()
                .Where(metric => standard.All(measure => measure.Metric != metric))
                .Select(OfMetric)
                .Where(measure => all.Any(v => measure.Allows(cohort, v))),
        ];
    }

    /// <summary>The mean of a metric over the users of the test set that is not shifted.</summary>
    /// <param name="metric">Name of the metric.</param>
    public static StudyMeasure OfMetric(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        var isHigher = Evaluation.Metric.Parse(metric).HigherIsBetter;
        return new(
            metric,
            metric,
            isHigher,
            isHigher ? "mean over users" : "mean over users; less is better",
            Mean(metric)
        );
    }

    /// <summary>Whether a method's values allow this measure.</summary>
    public bool Allows(Cohort cohort, MethodValues values)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        ArgumentNullException.ThrowIfNull(values);
        return values.Has(Metric, cohort.Unshifted) && cohort.Betas.Count >= testSets;
    }

    /// <summary>The measure as a function of how often each user of the cohort counts.</summary>
    public Func<double[], double> Of(Cohort cohort, MethodValues values)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        ArgumentNullException.ThrowIfNull(values);
        return of(cohort, values);
    }

    private static Func<Cohort, MethodValues, Func<double[], double>> OnUnshifted(
        string metric,
        Func<double[], Func<double[], double>> statistic
    ) => (cohort, values) => statistic(values.Of(metric, cohort.Unshifted));

    private static Func<Cohort, MethodValues, Func<double[], double>> Mean(string metric) =>
        OnUnshifted(metric, WeightedMean.Of);

    private static Func<Cohort, MethodValues, Func<double[], double>> HighestTenth(string metric) =>
        OnUnshifted(metric, values => WeightedMean.Highest(Decile, values));

    private static Func<Cohort, MethodValues, Func<double[], double>> WorstSet(
        string metric,
        Func<IEnumerable<double>, double> worst
    ) =>
        (cohort, values) =>
        {
            var sets = Enumerable
                .Range(0, cohort.Betas.Count)
                .Select(set => WeightedMean.Of(values.Of(metric, set)))
                .ToArray();
            return counts => worst(sets.Select(set => set(counts)));
        };

    private static Func<Cohort, MethodValues, Func<double[], double>> HardTenth(string metric) =>
        (cohort, values) =>
            WeightedMean.Of([
                .. values.Of(metric, cohort.Unshifted).Select((value, i) => cohort.IsHard[i] ? value : double.NaN),
            ]);
}
