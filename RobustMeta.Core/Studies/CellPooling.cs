using RobustMeta.Evaluation;
using RobustMeta.Robustness;

namespace RobustMeta.Studies;

/// <summary>The results of a cell pooled over seeds: what tables and figures show. Users without a value do not count.</summary>
public static class CellPooling
{
    private const double Decile = 0.1;

    /// <summary>The metrics that were measured, in order.</summary>
    public static IReadOnlyList<string> Metrics(CellResult cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return [.. cell.Seeds[0].Methods.Values.SelectMany(values => values.Metrics).Distinct()];
    }

    /// <summary>Means of a metric: methods and baselines × test sets.</summary>
    /// <param name="cell">The results.</param>
    /// <param name="metric">Name of the metric.</param>
    public static IReadOnlyList<PooledResult> Results(CellResult cell, string metric)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(metric);
        return
        [
            .. Enumerable
                .Range(0, cell.Seeds[0].Cohort.Betas.Count)
                .SelectMany(set =>
                {
                    PooledResult[] found =
                    [
                        .. Names(cell)
                            .Where(name => BySeed(cell, name, metric, set).Any())
                            .Select(name => Result(cell, name, metric, set)),
                    ];
                    var tested = found.Where(result => !double.IsNaN(result.P)).ToArray();
                    var corrected = Significance.Holm([.. tested.Select(result => result.P)]);
                    var byMethod = tested.Zip(corrected).ToDictionary(p => p.First.Method, p => p.Second);
                    return found.Select(result =>
                        result with
                        {
                            Corrected = byMethod.GetValueOrDefault(result.Method, double.NaN),
                        }
                    );
                }),
        ];
    }

    /// <summary>The mean of the worst-served fraction of users, for every fraction, on the test set that is not shifted.</summary>
    /// <param name="cell">The results.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="fractions">Fractions α in (0, 1].</param>
    public static IReadOnlyList<PooledPoint> Tail(CellResult cell, string metric, IReadOnlyList<double> fractions)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(fractions);
        var sign = Sign(metric);
        return Curve(
            cell,
            metric,
            values =>
                TailStatistics
                    .Curve([.. values.Select(x => sign * x)], fractions)
                    .Select(p => (p.Fraction, sign * p.Mean))
        );
    }

    /// <summary>The exact worst case over reweightings of the unshifted test users, for every radius of a kind of set.</summary>
    /// <param name="cell">The results.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="sets">Ambiguity sets of growing radius.</param>
    public static IReadOnlyList<PooledPoint> WorstCases(
        CellResult cell,
        string metric,
        IReadOnlyList<AmbiguitySet> sets
    )
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(sets);
        return Curve(cell, metric, x => WorstCase.Curve(x, Sign(metric) > 0, sets).Select(p => (p.Radius, p.Mean)));
    }

    /// <summary>Mean over test sets and worst test set of each method.</summary>
    /// <param name="cell">The results.</param>
    /// <param name="metric">Name of the metric.</param>
    public static IReadOnlyList<PooledTradeoff> Tradeoffs(CellResult cell, string metric)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(metric);
        var sets = Enumerable.Range(0, cell.Seeds[0].Cohort.Betas.Count).ToArray();
        var sign = Sign(metric);
        double Mean(string name, int set) => BySeed(cell, name, metric, set).Average(own => own.Values.Average());
        return
        [
            .. from name in Names(cell)
            where sets.All(set => BySeed(cell, name, metric, set).Any())
            let means = sets.Select(set => sign * Mean(name, set)).ToArray()
            let worst = sets.Length > 1
                ? means.Min()
                : BySeed(cell, name, metric, 0)
                    .Average(own => TailStatistics.LowestMean(own.Values.Select(x => sign * x), Decile))
            select new PooledTradeoff(name, sign * means.Average(), sign * worst),
        ];
    }

    /// <summary>
    /// p-values between methods on the unshifted test set, Wilcoxon over people, Holm-corrected over all pairs; NaN on the
    /// diagonal.
    /// </summary>
    /// <param name="cell">The results.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="methods">Names of the methods, each measured on some seed.</param>
    public static double[][] Pairwise(CellResult cell, string metric, IReadOnlyList<string> methods)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(methods);
        var set = cell.Seeds[0].Cohort.Unshifted;
        (int First, int Second)[] pairs =
        [
            .. from i in Enumerable.Range(0, methods.Count)
            from j in Enumerable.Range(i + 1, methods.Count - i - 1)
            select (i, j),
        ];
        var p = pairs
            .Select(pair =>
                Gains(cell, methods[pair.First], methods[pair.Second], metric, set)?.WilcoxonP ?? double.NaN
            )
            .ToArray();
        var corrected = Significance.Holm([.. p.Select(x => double.IsNaN(x) ? 1 : x)]);
        var matrix = methods.Select(_ => Enumerable.Repeat(double.NaN, methods.Count).ToArray()).ToArray();
        foreach (var ((i, j), value) in pairs.Zip(corrected))
        {
            matrix[i][j] = matrix[j][i] = value;
        }
        return matrix;
    }

    /// <summary>Means of a metric on the unshifted test set, seed by seed.</summary>
    public static IReadOnlyList<double> PerSeed(CellResult cell, string method, string metric)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(metric);
        return [.. BySeed(cell, method, metric, cell.Seeds[0].Cohort.Unshifted).Select(own => own.Values.Average())];
    }

    private static IEnumerable<string> Names(CellResult cell) => cell.Methods.Concat(cell.Baselines);

    private static double Sign(string metric) => Metric.Parse(metric).HigherIsBetter ? 1 : -1;

    private static PooledResult Result(CellResult cell, string name, string metric, int set)
    {
        var means = BySeed(cell, name, metric, set).Select(own => own.Values.Average()).ToArray();
        var cohort = cell.Seeds[0].Cohort;
        var gains = name == cell.Plain ? null : Gains(cell, name, cell.Plain, metric, set);
        return new(
            name,
            set,
            cohort.Betas[set],
            set < cohort.Divergences.Count ? cohort.Divergences[set] : double.NaN,
            metric,
            Significance.StudentInterval(means),
            gains?.Mean ?? double.NaN,
            gains?.P ?? double.NaN,
            double.NaN
        );
    }

    // Users who have a value, seed by seed.
    private static IEnumerable<(SeedResult Seed, double[] Values)> BySeed(
        CellResult cell,
        string name,
        string metric,
        int set
    ) =>
        from seed in cell.Seeds
        let values = seed.Methods.GetValueOrDefault(name)
        where values is not null && values.Has(metric, set)
        let own = values.Of(metric, set).Where(x => !double.IsNaN(x)).ToArray()
        where own.Length > 0
        select (seed, own);

    // Gains over another method of the users who have both, by the seeds that have both; null where no seed has.
    private static PairedComparison? Gains(CellResult cell, string name, string other, string metric, int set)
    {
        SeedDifferences[] gains =
        [
            .. from seed in cell.Seeds
            let own = seed.Methods.GetValueOrDefault(name)
            let theirs = seed.Methods.GetValueOrDefault(other)
            where own is not null && theirs is not null && own.Has(metric, set) && theirs.Has(metric, set)
            let gain = SeedDifferences.Pair(seed.Seed, Merits(seed, own), Merits(seed, theirs))
            where gain.Users.Count > 0
            select gain,
        ];
        return gains.Length == 0 ? null : PairedComparison.Of(gains);

        IEnumerable<(string, double)> Merits(SeedResult seed, MethodValues values) =>
            seed.Cohort.Users.Zip(values.Of(metric, set).Select(value => Sign(metric) * value));
    }

    private static PooledPoint[] Curve(
        CellResult cell,
        string metric,
        Func<double[], IEnumerable<(double X, double Mean)>> curve
    )
    {
        var set = cell.Seeds[0].Cohort.Unshifted;
        return
        [
            .. from name in Names(cell)
            let bySeed = BySeed(cell, name, metric, set).Select(own => curve(own.Values).ToArray()).ToArray()
            where bySeed.Length > 0
            from place in Enumerable.Range(0, bySeed[0].Length)
            select new PooledPoint(
                name,
                bySeed[0][place].X,
                Significance.StudentInterval([.. bySeed.Select(own => own[place].Mean)])
            ),
        ];
    }
}
