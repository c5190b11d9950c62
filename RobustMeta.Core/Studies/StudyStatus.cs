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
        var plan = StudyTuning.Of(spec, store).Plan;
        var folders = store.Folders();
        var held = store.Claims.Held().Concat(store.Leases(new(0, 1)).Held()).ToHashSet();
        return new([
            .. plan.Runs()
                .DistinctBy(run => (object?)run.Id ?? run)
                .Select(run => StatusOf(spec, run, run.Id is { } id ? folders.GetValueOrDefault(id) : null, held)),
        ]);
    }

    private static RunStatus StatusOf(StudySpec spec, PlannedRun run, string? folder, HashSet<string> held)
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
            held.Contains(PieceNames.Of(spec, run)) ? RunState.Running
            : folder is not null ? RunState.Interrupted
            : RunState.Missing;
        return new(run, state, null, folder);
    }
}
