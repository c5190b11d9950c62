using System.Globalization;
using RobustMeta.Robustness;

namespace RobustMeta.Studies;

/// <summary>
/// Summary of a cell's results: all numbers that tables and figures show, without the per-user results behind them. Small
/// enough to be kept beside a repository; see <see cref="StudySummary"/>.
/// </summary>
/// <param name="Cell">The cell.</param>
/// <param name="Plain">Name of the method that the others are compared with.</param>
/// <param name="Seeds">The seeds that are complete for it.</param>
/// <param name="Evaluations">Number of tested users, counted under each seed.</param>
/// <param name="People">Number of different users tested.</param>
/// <param name="Axis">Name of the axis of the shift.</param>
/// <param name="Coordinates">Coordinate of each test set on it.</param>
/// <param name="Unshifted">The test set that is not shifted, or least.</param>
/// <param name="Shared">Choice of the shared stage of tuning.</param>
/// <param name="Tuned">Names of the methods whose tuning is complete, each with its choice.</param>
/// <param name="Methods">Names of the methods, a swept one with its settings, in order.</param>
/// <param name="Baselines">Names of the baselines that were measured beside them.</param>
/// <param name="Diverged">Methods and seeds whose training diverged.</param>
/// <param name="Points">The method and the swept settings behind each name of <paramref name="Methods"/>.</param>
/// <param name="Measures">What can be measured of the results, method by method.</param>
/// <param name="Differences">Paired differences from plain training.</param>
/// <param name="Metrics">The metrics that were measured, in order.</param>
public sealed record CellSummary(
    StudyCell Cell,
    string Plain,
    IReadOnlyList<long> Seeds,
    int Evaluations,
    int People,
    string Axis,
    IReadOnlyList<double> Coordinates,
    int Unshifted,
    Tuning Shared,
    IReadOnlyList<(string Method, Tuning Choice)> Tuned,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Baselines,
    IReadOnlyList<(string Method, long Seed)> Diverged,
    IReadOnlyDictionary<string, (string Method, SweepPoint Point)> Points,
    IReadOnlyList<MeasureSummary> Measures,
    IReadOnlyList<MethodDifference> Differences,
    IReadOnlyList<MetricSummary> Metrics
)
{
    // More lines cannot be told apart in a figure.
    private const int MostCompared = 6;

    /// <summary>Radii of the chi-square sets over which worst cases are computed.</summary>
    public static IReadOnlyList<double> Radii { get; } = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2];

    /// <summary>Fractions of users whose mean is computed, worst-served first.</summary>
    public static IReadOnlyList<double> Fractions { get; } = [.. Enumerable.Range(1, 20).Select(i => 0.05 * i)];

    /// <summary>The summary of a cell's results.</summary>
    public static CellSummary Of(CellResult cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var cohort = cell.Seeds[0].Cohort;
        var users = cell.Seeds.SelectMany(seed => seed.Cohort.Users).ToArray();
        string[] names = [.. cell.Methods, .. cell.Baselines];
        string[] compared =
        [
            .. names
                .Where(name => !cell.Points.TryGetValue(name, out var own) || own.Point.Sweep.Length == 0)
                .Take(MostCompared),
        ];
        var metrics = CellPooling.Metrics(cell);
        return new(
            cell.Cell,
            cell.Plain,
            [.. cell.Seeds.Select(seed => seed.Seed)],
            users.Length,
            users.Distinct().Count(),
            cohort.Axis,
            cohort.Betas,
            cohort.Unshifted,
            cell.Shared,
            [.. cell.Tuned.Select(tuned => (tuned.Method.Name, tuned.Choice))],
            cell.Methods,
            cell.Baselines,
            cell.Diverged,
            cell.Points,
            [
                .. cell.Measures.Select(measure => new MeasureSummary(
                    measure,
                    Known(names.Select(name => new MethodSeeds(name, cell.PerSeed(name, measure))))
                )),
            ],
            cell.Differences(),
            [.. metrics.Select((metric, i) => Of(cell, metric, names, compared, i == 0))]
        );
    }

    /// <summary>The measure of each seed that has the method.</summary>
    public IReadOnlyList<double> PerSeed(string method, StudyMeasure measure) =>
        Measures
            .First(own => own.Measure.Name == measure.Name)
            .Values.FirstOrDefault(own => own.Method == method)
            ?.Values
        ?? [];

    private static MetricSummary Of(CellResult cell, string metric, string[] names, string[] compared, bool hasCurves)
    {
        var perSeed = Known(names.Select(name => new MethodSeeds(name, CellPooling.PerSeed(cell, name, metric))));
        string[] pairs = [.. compared.Where(name => perSeed.Any(own => own.Method == name))];
        AmbiguitySet[] sets =
        [
            .. Radii.Select(r => AmbiguitySet.Parse(string.Create(CultureInfo.InvariantCulture, $"chi2 {r}"))),
        ];
        return new(
            metric,
            CellPooling.Results(cell, metric),
            perSeed,
            CellPooling.Tradeoffs(cell, metric),
            hasCurves ? CellPooling.Tail(cell, metric, Fractions) : [],
            hasCurves ? CellPooling.WorstCases(cell, metric, sets) : [],
            pairs,
            CellPooling.Pairwise(cell, metric, pairs)
        );
    }

    private static MethodSeeds[] Known(IEnumerable<MethodSeeds> all) => [.. all.Where(own => own.Values.Count > 0)];
}
