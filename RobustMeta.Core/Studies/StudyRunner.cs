using System.Globalization;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Studies.Search;
using RobustMeta.Studies.Workers;
using RobustMeta.Training;

namespace RobustMeta.Studies;

/// <summary>
/// Runs what is missing of a study: data set by data set, seed by seed, so that tasks are made once a seed. Processes that
/// run the same study at the same time share the work.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="store">Where its results are.</param>
/// <param name="hooks">Is told of the progress.</param>
/// <param name="cancellation">Stops after the current batch; the next start goes on from there.</param>
public sealed class StudyRunner(StudySpec spec, StudyStore store, StudyHooks hooks, CancellationToken cancellation)
{
    private readonly StudySpec spec = spec ?? throw new ArgumentNullException(nameof(spec));
    private readonly StudyStore store = store ?? throw new ArgumentNullException(nameof(store));

    /// <summary>How processes share the work: by locked files on one machine, unless told otherwise.</summary>
    public IStudyClaims Claims { get; init; } = store.Claims;

    private readonly StudyWorkshop workshop = new(hooks ?? throw new ArgumentNullException(nameof(hooks)));
    private readonly StudyRungs rungs = new(store.Root);
    private RunCounter? counter;
    private readonly HashSet<(string Dataset, string Shift, string About)> noticed = [];

    /// <summary>Runs everything that is missing.</summary>
    /// <exception cref="Settings.SettingException">The folder is another study's.</exception>
    public void Run()
    {
        Begin(_ => true);
        var tuning = Tuning();
        foreach (var cells in spec.Cells.GroupBy(cell => (cell.Data, cell.Shift)))
        {
            RunCells(tuning, [.. cells]);
        }
    }

    /// <summary>Makes the choice of one stage of tuning, running what is missing for it.</summary>
    /// <exception cref="Settings.SettingException">The folder is another study's.</exception>
    public Tuning? Tune(TuningKey key)
    {
        Begin(run =>
            run.Cell == key.Cell
            && (key.Method is null ? run.Stage == RunStage.SharedTuning : run.Stage == RunStage.MethodTuning)
            && (key.Method is null || run.Method == key.Method)
        );
        var tuning = Tuning();
        Search(tuning, [key]);
        return tuning.Of(key);
    }

    /// <summary>Trains and measures one run unless it is done.</summary>
    public RunOutcome RunOne(ExperimentSpec experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return RunOne(
            experiment,
            () => $"run: {experiment.Dataset}, {Trained(experiment)}, seed {experiment.Seed}",
            null
        );
    }

    private RunOutcome RunOne(StudyPlan plan, PlannedRun run) =>
        RunOne(plan, new TuningRun(run, plan.Experiment(run), 0, null));

    private RunOutcome RunOne(StudyPlan plan, TuningRun run) =>
        RunOne(run.Experiment, () => plan.Title(run.Run, Number(), run.Rung?.Epochs), run.Rung);

    // Which run of how many, where that is counted.
    private string Number()
    {
        if (!hooks.CountsRuns || counter is null)
        {
            return "run: ";
        }
        var (number, runs) = counter.Next();
        return runs is { } all
            ? string.Create(CultureInfo.InvariantCulture, $"run {number} of {all}: ")
            : string.Create(CultureInfo.InvariantCulture, $"run {number}: ");
    }

    private void Begin(Func<PlannedRun, bool> isCounted)
    {
        store.BelongTo(spec);
        counter = new(spec, store, isCounted);
    }

    private RunOutcome RunOne(ExperimentSpec experiment, Func<string> title, TuningRung? rung)
    {
        var known = Known(experiment);
        if (known.IsSettled && experiment.Method.IsDetermined)
        {
            return known;
        }
        cancellation.ThrowIfCancellationRequested();
        if (known.Folder.SetAsideIfDamaged() is { } damage)
        {
            hooks.Say(damage);
        }
        hooks.Say(title());
        var prepared = workshop.Prepare(experiment);
        SayNotices(experiment, prepared);
        try
        {
            var result = ExperimentRunner.Run(
                prepared,
                experiment,
                rung is null
                    ? known.Folder.Checkpoint(prepared, RunFolder.SaveInterval, hooks.Say)
                    : rungs.Checkpoint(rung, prepared, hooks.Say),
                experiment.Method is MetaMethodSpec meta
                    ? hooks.Epochs(experiment, meta, prepared.Validation.Name)
                    : null,
                cancellation
            );
            if (result.IsTrained)
            {
                hooks.Trained(result.Training.StoppedEarly);
            }
            known.Folder.Write(prepared, result);
            Describe(experiment, prepared, result);
        }
        catch (DivergenceException error)
        {
            known.Folder.WriteDivergence(prepared, error);
            hooks.Say($"{experiment.MethodName}: {error.Message}");
        }
        return store.Outcome(experiment);
    }

    // State of a run; results on other data than today's are refused.
    private RunOutcome Known(ExperimentSpec experiment)
    {
        var known = store.Outcome(experiment);
        if (!known.IsSettled || workshop.Fingerprint(experiment) is not { } fingerprint)
        {
            return known;
        }
        known.Folder.RequireSameData(fingerprint);
        if (!known.Folder.ForgetDivergenceOnOtherData(fingerprint))
        {
            return known;
        }
        hooks.Say($"{experiment.MethodName}: diverged before, on other data; it is tried again");
        return store.Outcome(experiment);
    }

    // References are shared by the methods of a seed: a seed of a cell, at one point of the sweeps, is one piece.
    private void RunCells(StudyTuning tuning, IReadOnlyList<StudyCell> cells)
    {
        var plan = tuning.Plan;
        var shared = cells.Select(cell => new TuningKey(cell, null)).Where(IsTuned).ToArray();
        if (spec.Tuning.Search is null)
        {
            Share(
                from key in shared
                from candidate in spec.Tuning.Values.Select((value, i) => (Value: value, Number: i))
                select new StudyPiece(
                    PieceNames.Shared(key.Cell, candidate.Number),
                    () => plan.TuningRuns(key, candidate.Value).ToList().ForEach(run => RunOne(plan, run))
                )
            );
        }
        else
        {
            Search(tuning, shared);
        }
        var own = cells.SelectMany(cell => spec.MethodsOf(cell), (cell, method) => new TuningKey(cell, method));
        Search(tuning, [.. own.Where(IsTuned)]);
        Share(
            from seed in cells.SelectMany(spec.SeedsOf).Distinct()
            from cell in cells
            where spec.SeedsOf(cell).Contains(seed)
            from point in plan.Points(cell)
            select new StudyPiece(PieceNames.Seed(cell, seed, point), () => RunPoint(tuning, cell, seed, point))
            {
                IsDone = () => plan.Reported(cell, seed, point).All(run => IsSettled(plan, run)),
            }
        );
    }

    private bool IsTuned(TuningKey key) => spec.ChoiceOf(key).IsTuned;

    private StudyTuning Tuning()
    {
        // Runs are asked for, and named by the plan, only after it is made.
        StudyTuning? tuning = null;
        return tuning = new(spec, run => RunOne(tuning!.Plan, run))
        {
            Ahead = (key, runs) => RunSideBySide(tuning!.Plan, key, runs),
        };
    }

    // A search that asks for one candidate after the other is one piece of work. Of one that asks for several at once each
    // candidate is a piece, and all processes go through the search together.
    private void Search(StudyTuning tuning, IReadOnlyList<TuningKey> keys)
    {
        Share(
            keys.Where(key => !IsTogether(key))
                .Select(key => new StudyPiece(PieceNames.Of(key), () => Decide(tuning, key)))
        );
        foreach (var key in keys.Where(IsTogether))
        {
            Decide(tuning, key);
        }
    }

    private void Decide(StudyTuning tuning, TuningKey key)
    {
        _ = tuning.Of(key);
        rungs.Forget(tuning.PointsOf(key));
    }

    private bool IsTogether(TuningKey key) => spec.ChoiceOf(key).Search is { Parallel: > 1 };

    private void RunSideBySide(StudyPlan plan, TuningKey key, IReadOnlyList<TuningRun> runs)
    {
        if (IsTogether(key))
        {
            Share(runs.Select(run => new StudyPiece(PieceNames.Trial(key, run), () => RunOne(plan, run))));
        }
    }

    // By the sizes of a run's files, as the status tells it; whoever does the piece checks what is in them.
    private bool IsSettled(StudyPlan plan, PlannedRun run) =>
        run.Id is not null
        && store.Folder(plan.Experiment(run)).Path is var folder
        && (
            StudyStore.IsDone(folder)
                ? StudyStore.ReadWrongSizes(folder) is null
                : StudyStore.ReadDivergence(folder) is not null
        );

    private void RunPoint(StudyTuning tuning, StudyCell cell, long seed, string point)
    {
        // A choice that another process made is read here.
        foreach (var method in spec.MethodsOf(cell))
        {
            _ = tuning.Of(new(cell, method));
        }
        foreach (var run in tuning.Plan.Reported(cell, seed, point).Where(run => run.Id is not null))
        {
            var experiment = tuning.Plan.Experiment(run);
            MeasureCommon(experiment);
            _ = RunOne(tuning.Plan, run);
        }
    }

    // The baselines of a data set and seed, and how hard each test user looks.
    private void MeasureCommon(ExperimentSpec experiment)
    {
        var common = new CommonResults(store, experiment);
        if (common.Exists)
        {
            if (workshop.Fingerprint(experiment) is { } fingerprint)
            {
                common.RequireSameData(fingerprint);
            }
            return;
        }
        var prepared = workshop.Prepare(experiment);
        common.Write(
            [.. prepared.Baselines().SelectMany(prepared.Evaluate), .. SupportHardness.Rows(prepared)],
            prepared.Fingerprint
        );
    }

    // Each once for runs that differ in seed or training alone.
    // The model too: a study may train several by methods of the same name.
    private static string Trained(ExperimentSpec experiment) =>
        experiment.Method.Name == experiment.MethodName
            ? experiment.MethodName
            : $"{experiment.Method.Name}, {experiment.MethodName}";

    private void SayNotices(ExperimentSpec experiment, PreparedExperiment prepared)
    {
        foreach (var notice in AdvanceNotices.Of(prepared, experiment.Method))
        {
            if (noticed.Add((experiment.Dataset, experiment.Shift.Name, notice.About)))
            {
                hooks.Say(notice.Text);
            }
        }
    }

    private void Share(IEnumerable<StudyPiece> pieces) =>
        Claims.Share(pieces, name => hooks.Say($"waiting for another process: {name}"), cancellation);

    private void Describe(ExperimentSpec experiment, PreparedExperiment prepared, MethodResult result)
    {
        if (result.ReferenceChoice is { } choice)
        {
            hooks.Say($"{experiment.MethodName}: {choice}");
        }
        foreach (var warning in result.Training.Warnings)
        {
            hooks.Say($"{experiment.MethodName}: {warning}");
        }
        var epochs = result.IsTrained
            ? $"best epoch {result.Training.BestEpoch} of {result.Training.History.Count}, "
            : "";
        hooks.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{experiment.MethodName}: {epochs}{prepared.Validation.Name} {result.Training.BestValidation:F4} on validation; {result.Cost.Training.TotalSeconds:F1} s to train, {result.Cost.Evaluation.TotalSeconds:F1} s to evaluate"
            )
        );
    }
}
