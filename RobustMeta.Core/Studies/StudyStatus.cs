namespace RobustMeta.Studies;

/// <summary>
/// How far a study is, run by run. Of finished runs the sizes of their files are compared with what the run wrote; a change that keeps
/// the size is seen where results are read.
/// </summary>
/// <param name="Runs">The runs of its plan, each spec once.</param>
public sealed record StudyStatus(IReadOnlyList<RunStatus> Runs)
{
    /// <summary>Number of runs in a state.</summary>
    public int Count(RunState state) => Runs.Count(run => run.State == state);

    /// <summary>With which vector widths the finished runs were computed.</summary>
    public VectorWidths Widths() =>
        VectorWidths.Of(Runs.Where(run => run.State == RunState.Done).Select(run => run.Folder!));

    /// <summary>The status of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    public static StudyStatus Of(StudySpec spec, StudyStore store)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        var tuning = StudyTuning.Of(spec, store);
        var folders = store.Folders();
        var held = store.Claims.Held().Concat(store.Leases(new(0, 1)).Held()).ToHashSet();
        (PlannedRun Run, string[] Piece)[] listed =
        [
            .. tuning
                .Plan.Runs()
                .SelectMany(run => Listed(tuning, run))
                .DistinctBy(one => one.Run.Id ?? (one.Run.Stage == RunStage.Report ? one.Run : new object())),
        ];
        return new([
            .. FileRequests
                .SideBySide(listed)
                .Select(one =>
                    StatusOf(one.Run, one.Piece, one.Run.Id is { } id ? folders.GetValueOrDefault(id) : null, held)
                ),
        ]);
    }

    /// <summary>Whether nothing is left to do: every reported run is done or diverged, and no process works on any. Looks no further than the first that is open.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    public static bool IsFinished(StudySpec spec, StudyStore store)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        if (store.Claims.Held().Count > 0 || store.Leases(new(0, 1)).Held().Count > 0)
        {
            return false;
        }
        var plan = StudyTuning.Of(spec, store).Plan;
        return spec
            .Cells.SelectMany(plan.Reported)
            .All(run => run.Id is not null && store.Outcome(plan.Experiment(run)).IsSettled);
    }

    // A plan has one run for each seed of a search: those that are asked for so far, and those that the budget leaves, stand in its place.
    private static IEnumerable<(PlannedRun Run, string[] Piece)> Listed(StudyTuning tuning, PlannedRun run)
    {
        var spec = tuning.Plan.Spec;
        var key = new TuningKey(run.Cell, run.Stage == RunStage.SharedTuning ? null : run.Method);
        if (run.Stage == RunStage.Report || spec.ChoiceOf(key).Search is not { } search)
        {
            return [(run, [PieceNames.Of(spec, run)])];
        }
        if (run.Seed != spec.TuningSeeds[0])
        {
            return [];
        }
        var isDecided = tuning.Of(key) is not null;
        var asked = tuning.AskedOf(key);
        var most = (search.Budget.Runs ?? 1) * spec.TuningSeeds.Count;
        var open = run.Stage == RunStage.SharedTuning ? run with { Shared = null } : run with { Own = null };
        return asked
            .Select(one => (one.Run, new[] { one.Piece, PieceNames.Of(spec, one.Run) }))
            .Concat(
                Enumerable.Repeat(
                    (open with { Id = null }, Array.Empty<string>()),
                    isDecided ? 0 : Math.Max(0, most - asked.Count)
                )
            );
    }

    private static RunStatus StatusOf(PlannedRun run, string[] piece, string? folder, HashSet<string> held)
    {
        if (run.Id is null)
        {
            var key = new TuningKey(run.Cell, run.Shared is null ? null : run.Method);
            return new(run, RunState.Missing, $"waits for the tuning of {key.Title}", null);
        }
        if (folder is not null && StudyStore.IsDone(folder))
        {
            var damage = StudyStore.ReadWrongSizes(folder);
            return new(run, damage is null ? RunState.Done : RunState.Damaged, damage, folder);
        }
        if (folder is not null && StudyStore.ReadDivergence(folder) is { } reason)
        {
            return new(run, RunState.Diverged, reason, folder);
        }
        var state =
            piece.Any(held.Contains) ? RunState.Running
            : folder is not null ? RunState.Interrupted
            : RunState.Missing;
        return new(run, state, null, folder);
    }
}
