using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// The runs of a study: a function of the study and of what tuning has chosen so far. The same study gives the same runs
/// with the same hashes, on every machine.
/// </summary>
public sealed class StudyPlan
{
    private readonly RunSettings settings;
    private readonly Func<TuningKey, string?> chosen;

    /// <summary>The plan of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="chosen">The value that a stage of tuning has chosen; null where it has not.</param>
    public StudyPlan(StudySpec spec, Func<TuningKey, string?> chosen)
    {
        Spec = spec;
        this.chosen = chosen;
        settings = new(spec);
    }

    /// <summary>The study.</summary>
    public StudySpec Spec { get; }

    /// <summary>The plan of a study of which nothing is decided yet.</summary>
    public static StudyPlan Of(StudySpec spec) => new(spec, _ => null);

    /// <summary>All runs, cell by cell, tuning first; runs of equal specs stand once for each purpose.</summary>
    public IEnumerable<PlannedRun> Runs() =>
        Spec.Cells.SelectMany(cell => SharedTuning(cell).Concat(MethodTuning(cell)).Concat(Reported(cell)));

    /// <summary>The candidates of the shared stage; none where nothing is shared.</summary>
    public IEnumerable<PlannedRun> SharedTuning(StudyCell cell)
    {
        var key = new TuningKey(cell, null);
        return Spec.ChoiceOf(key).IsTuned ? Spec.Tuning.Values.Select(value => TuningRun(key, value)) : [];
    }

    /// <summary>The candidates of every method's own stage.</summary>
    public IEnumerable<PlannedRun> MethodTuning(StudyCell cell) =>
        Spec.MethodsOf(cell)
            .Where(method => method.Tuned.IsTuned)
            .SelectMany(method => method.Tuned.Values.Select(value => TuningRun(new(cell, method), value)));

    /// <summary>The run of a candidate of a stage, on the tuning seed.</summary>
    public PlannedRun TuningRun(TuningKey key, string value)
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
            Spec.TuningSeed!.Value,
            null
        );
        return run.Shared is null ? run : run with { Id = Experiment(run).Hash };
    }

    /// <summary>The runs of a cell that are reported, seed by seed.</summary>
    public IEnumerable<PlannedRun> Reported(StudyCell cell)
    {
        var methods = Spec.MethodsOf(cell).Select(method => new Decided(this, cell, method)).ToArray();
        return Spec.SeedsOf(cell).SelectMany(seed => methods.SelectMany(method => method.Runs(seed)));
    }

    /// <summary>The experiment of a run.</summary>
    /// <exception cref="InvalidOperationException">Tuning has not decided it yet.</exception>
    /// <exception cref="SettingException">Its settings do not go together.</exception>
    public ExperimentSpec Experiment(PlannedRun run) =>
        run.Shared is { } shared && run.Own is { } own
            ? RunSettings.Experiment(
                settings.Layers(run.Cell, run.Method, shared, own, run.Point),
                run.Method,
                run.Seed
            )
            : throw new InvalidOperationException($"{run.Title}: tuning has not decided it yet.");

    private string? SharedOf(StudyCell cell, StudyMethod method) =>
        Spec.ChoiceOf(new(cell, null)).IsTuned && !method.HasModel ? chosen(new(cell, null)) : Spec.Tuning.Values[0];

    /// <summary>The reported runs of a method in a cell, its settings put together once.</summary>
    private sealed class Decided(StudyPlan plan, StudyCell cell, StudyMethod method)
    {
        private readonly string? shared = plan.SharedOf(cell, method);
        private readonly string? own = method.Tuned.IsTuned ? plan.chosen(new(cell, method)) : method.Tuned.Values[0];
        private readonly IReadOnlyList<SweepPoint> points = plan.Spec.PointsOf(method);
        private readonly Dictionary<string, RunTemplate> templates = [];

        public IEnumerable<PlannedRun> Runs(long seed) =>
            points.Select(point =>
            {
                var run = new PlannedRun(cell, method, RunStage.Report, shared, own, point, seed, null);
                return shared is null || own is null ? run : run with { Id = IdOf(run) };
            });

        // Points of one sweep have the same keys: its first point stands for all. Keys that stand for several settings do not.
        private string IdOf(PlannedRun run)
        {
            var isWide = run.Point.Settings.Any(s => !RunSettings.IsOneLine(s.Key));
            var key = isWide ? run.Point.Text : run.Point.Sweep;
            if (!templates.TryGetValue(key, out var template))
            {
                template = new(plan.Experiment(run));
                templates.Add(key, template);
            }
            return template.Hash(run.Seed, isWide ? [] : run.Point.Settings);
        }
    }
}
