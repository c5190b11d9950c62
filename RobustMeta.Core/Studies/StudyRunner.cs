using System.Globalization;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
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
    /// <summary>How processes share the work: by locked files on one machine, unless told otherwise.</summary>
    public IStudyClaims Claims { get; init; } = store.Claims;

    private readonly StudyWorkshop workshop = new(hooks);

    /// <summary>Runs everything that is missing.</summary>
    public void Run()
    {
        var tuning = new StudyTuning(spec, RunOne);
        foreach (var cells in spec.Cells.GroupBy(cell => (cell.Data, cell.Shift)))
        {
            RunCells(tuning, [.. cells]);
        }
    }

    /// <summary>Makes the choice of one stage of tuning, running what is missing for it.</summary>
    public Tuning? Tune(TuningKey key)
    {
        var tuning = new StudyTuning(spec, RunOne);
        Tuning? made = null;
        var name = key.Method is { } method ? MethodPiece(key.Cell, method) : SharedPiece(key.Cell, 0);
        Share([new StudyPiece(name, () => made = tuning.Of(key))]);
        return made;
    }

    /// <summary>Trains and measures one run unless it is done.</summary>
    public RunOutcome RunOne(ExperimentSpec experiment)
    {
        var known = store.Outcome(experiment);
        if (known.IsSettled && experiment.Method.IsDetermined)
        {
            return known;
        }
        cancellation.ThrowIfCancellationRequested();
        if (known.Folder.SetAsideIfDamaged() is { } damage)
        {
            hooks.Say(damage);
        }
        hooks.Say($"— {experiment.Dataset}, {experiment.MethodName}, seed {experiment.Seed}");
        var prepared = workshop.Prepare(experiment);
        try
        {
            var result = ExperimentRunner.Run(
                prepared,
                experiment,
                known.Folder.Checkpoint(prepared, RunFolder.SaveInterval, hooks.Say),
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
            known.Folder.WriteDivergence(error);
            hooks.Say($"{experiment.MethodName}: {error.Message}");
        }
        return store.Outcome(experiment);
    }

    // References are shared by the methods of a seed: a seed of a cell is one piece.
    private void RunCells(StudyTuning tuning, IReadOnlyList<StudyCell> cells)
    {
        var plan = tuning.Plan;
        // A search asks for one candidate after the other: it is one piece.
        Share(
            from cell in cells
            where spec.Tuning.Search is not null && spec.ChoiceOf(new(cell, null)).IsTuned
            select new StudyPiece(SharedPiece(cell, 0), () => tuning.Of(new(cell, null)))
        );
        Share(
            from cell in cells
            where spec.Tuning.Search is null
            from candidate in plan.SharedTuning(cell).Select((run, i) => (Run: run, Number: i))
            select new StudyPiece(SharedPiece(cell, candidate.Number), () => RunOne(plan.Experiment(candidate.Run)))
        );
        Share(
            from cell in cells
            from method in spec.MethodsOf(cell)
            where method.Tuned.IsTuned
            select new StudyPiece(MethodPiece(cell, method), () => tuning.Of(new(cell, method)))
        );
        Share(
            from seed in cells.SelectMany(spec.SeedsOf).Distinct()
            from cell in cells
            where spec.SeedsOf(cell).Contains(seed)
            select new StudyPiece(SeedPiece(cell, seed), () => RunSeed(tuning, cell, seed))
        );
    }

    /// <summary>Name of the piece of work that a run belongs to.</summary>
    internal static string PieceOf(StudySpec spec, PlannedRun run) =>
        run.Stage switch
        {
            RunStage.SharedTuning => SharedPiece(run.Cell, spec.Tuning.Values.ToList().IndexOf(run.Shared!)),
            RunStage.MethodTuning => MethodPiece(run.Cell, run.Method),
            _ => SeedPiece(run.Cell, run.Seed),
        };

    private static string SharedPiece(StudyCell cell, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.FileName} shared-{number}");

    private static string MethodPiece(StudyCell cell, StudyMethod method) => $"{cell.FileName} tune-{method.Name}";

    private static string SeedPiece(StudyCell cell, long seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.FileName} seed-{seed}");

    private void RunSeed(StudyTuning tuning, StudyCell cell, long seed)
    {
        // A choice that another process made is read here.
        foreach (var method in spec.MethodsOf(cell))
        {
            _ = tuning.Of(new(cell, method));
        }
        foreach (var run in tuning.Plan.Reported(cell).Where(run => run.Seed == seed && run.Id is not null))
        {
            var experiment = tuning.Plan.Experiment(run);
            MeasureBeside(experiment);
            _ = RunOne(experiment);
        }
    }

    // The baselines of a data set and seed, and how hard each test user looks.
    private void MeasureBeside(ExperimentSpec experiment)
    {
        var file = store.BesideFile(experiment);
        if (File.Exists(file))
        {
            return;
        }
        var prepared = workshop.Prepare(experiment);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        ResultTable.Write(
            file,
            [.. prepared.Baselines().SelectMany(prepared.Evaluate), .. SupportHardness.Rows(prepared)]
        );
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
