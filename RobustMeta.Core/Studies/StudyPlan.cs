using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// The runs of a study: a function of the study and of what tuning has chosen so far. The same study gives the same runs
/// with the same hashes, on every machine.
/// </summary>
public sealed class StudyPlan
{
    /// <summary>Longest line of a run's title.</summary>
    internal const int LongestTitle = 100;

    private readonly RunSettings settings;
    private readonly Func<TuningKey, string?> chosen;
    private readonly Dictionary<(StudyCell, StudyMethod, string), RunTemplate> templates = [];

    /// <summary>The plan of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="chosen">The value that a stage of tuning has chosen; null where it has not.</param>
    public StudyPlan(StudySpec spec, Func<TuningKey, string?> chosen)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(chosen);
        Spec = spec;
        this.chosen = chosen;
        settings = new(spec);
    }

    /// <summary>The study.</summary>
    public StudySpec Spec { get; }

    /// <summary>The plan of a study of which nothing is decided yet.</summary>
    public static StudyPlan Of(StudySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(spec, _ => null);
    }

    /// <summary>All runs, cell by cell, tuning first; runs of equal specs stand once for each purpose.</summary>
    public IEnumerable<PlannedRun> Runs() =>
        Spec.Cells.SelectMany(cell => SharedTuning(cell).Concat(MethodTuning(cell)).Concat(Reported(cell)));

    /// <summary>The candidates of the shared stage; none where nothing is shared.</summary>
    public IEnumerable<PlannedRun> SharedTuning(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var key = new TuningKey(cell, null);
        return Spec.ChoiceOf(key).IsTuned ? Spec.Tuning.Values.SelectMany(value => TuningRuns(key, value)) : [];
    }

    /// <summary>The candidates of every method's own stage.</summary>
    public IEnumerable<PlannedRun> MethodTuning(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Spec.MethodsOf(cell)
            .Where(method => method.Tuned.IsTuned)
            .SelectMany(method => method.Tuned.Values.SelectMany(value => TuningRuns(new(cell, method), value)));
    }

    /// <summary>The runs of a candidate of a stage, one a tuning seed.</summary>
    public IEnumerable<PlannedRun> TuningRuns(TuningKey key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return Spec.TuningSeeds.Select(seed => TuningRun(key, value, seed));
    }

    private PlannedRun TuningRun(TuningKey key, string value, long seed)
    {
        var method = key.Method ?? Spec.SharedBy!;
        var run = new PlannedRun(
            key.Cell,
            method,
            key.Method is null ? RunStage.SharedTuning : RunStage.MethodTuning,
            key.Method is null ? value : SharedOf(key.Cell, method),
            // A method's own stage comes after the shared one: there it has its middle value.
            key.Method
                is null
                ? method.Tuned.Values[method.Tuned.Values.Count / 2]
                : value,
            SweepPoint.None,
            seed,
            null
        );
        return Decided(run);
    }

    /// <summary>The runs of a cell that are reported, seed by seed.</summary>
    public IEnumerable<PlannedRun> Reported(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Reported(cell, Spec.SeedsOf(cell), _ => true);
    }

    /// <summary>The runs of a cell that are reported of one seed, at one point of the sweeps.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="point">The point, as <see cref="SweepPoint.Text"/>.</param>
    public IEnumerable<PlannedRun> Reported(StudyCell cell, long seed, string point)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(point);
        return Reported(cell, [seed], other => other.Text == point);
    }

    /// <summary>The points at which any method of a cell is run, each once, as <see cref="SweepPoint.Text"/>.</summary>
    public IReadOnlyList<string> Points(StudyCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return
        [
            .. Spec.MethodsOf(cell)
                .SelectMany(method => Spec.PointsOf(cell, method))
                .Select(point => point.Text)
                .Distinct(),
        ];
    }

    private IEnumerable<PlannedRun> Reported(StudyCell cell, IReadOnlyList<long> seeds, Func<SweepPoint, bool> isAsked)
    {
        var methods = Spec.MethodsOf(cell)
            .Select(method =>
                (
                    Method: method,
                    Shared: SharedOf(cell, method),
                    Own: OwnOf(cell, method),
                    Points: Spec.PointsOf(cell, method).Where(isAsked).ToArray()
                )
            )
            .ToArray();
        return from seed in seeds
            from method in methods
            from point in method.Points
            select Decided(new(cell, method.Method, RunStage.Report, method.Shared, method.Own, point, seed, null));
    }

    /// <summary>The experiment of a run.</summary>
    /// <exception cref="InvalidOperationException">Tuning has not decided it yet.</exception>
    /// <exception cref="SettingException">Its settings do not go together.</exception>
    public ExperimentSpec Experiment(PlannedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Shared is { } shared && run.Own is { } own
            ? RunSettings.Experiment(
                settings.Layers(run.Cell, run.Method, shared, own, run.Point),
                run.Method,
                run.Seed
            )
            : throw new InvalidOperationException($"{run.Title}: tuning has not decided it yet.");
    }

    /// <summary>
    /// A run in a line of at most <see cref="LongestTitle"/> characters: data set, shift, base model, method, seed, and the tuned and swept
    /// settings, e.g. <c>ml-100k, MeLU, robustmeta, seed 4, set chi2 0.25</c>.
    /// </summary>
    /// <param name="run">The run, of which all is decided.</param>
    /// <param name="begin">What stands before it in the line.</param>
    /// <param name="epochs">Epochs of a training that a search ends early; null: those of the settings.</param>
    internal string Title(PlannedRun run, string begin, int? epochs)
    {
        string[] parts =
        [
            run.Cell.Title,
            run.Method.Name,
            run.Stage == RunStage.Report ? $"seed {run.Seed}" : $"tuning seed {run.Seed}",
            .. settings.Varied(run).Select(setting => $"{setting.Key} {setting.Value}"),
            .. epochs is { } count ? (string[])[Counted.Of(count, "epoch", "epochs")] : [],
        ];
        var title = $"{begin}{string.Join(", ", parts)}";
        return title.Length <= LongestTitle ? title : $"{title[..(LongestTitle - 1)]}…";
    }

    // Runs of a method in a cell differ in values and not in keys: the first of them stands for all. Keys that stand for
    // several settings make an exception.
    private string IdOf(PlannedRun run)
    {
        var changes = settings.Varied(run).ToLookup(change => RunSettings.IsOneLine(change.Key));
        var key = (
            run.Cell,
            run.Method,
            $"{run.Point.Sweep} {changes[true].Count()} {string.Join(';', changes[false])}"
        );
        if (!templates.TryGetValue(key, out var template))
        {
            template = new(Experiment(run));
            templates.Add(key, template);
        }
        return template.Hash(run.Seed, [.. changes[true]]);
    }

    private PlannedRun Decided(PlannedRun run) =>
        run.Shared is null || run.Own is null ? run : run with { Id = IdOf(run) };

    private string? OwnOf(StudyCell cell, StudyMethod method) =>
        method.Tuned.IsTuned ? chosen(new(cell, method)) : method.Tuned.Values[0];

    private string? SharedOf(StudyCell cell, StudyMethod method) =>
        Spec.ChoiceOf(new(cell, null)).IsTuned && !method.HasModel ? chosen(new(cell, null)) : Spec.Tuning.Values[0];
}
