namespace RobustMeta.Studies;

/// <summary>
/// What the rest of a study takes on this machine, one run after the other: from finished runs of the same method, else of
/// the same cell, else of the same data set, else of the study; or from a probe.
/// </summary>
/// <param name="Remaining">The time; null where nothing is known yet.</param>
/// <param name="Measured">Number of finished runs that it rests on.</param>
public sealed record StudyEstimate(TimeSpan? Remaining, int Measured)
{
    // Of each method of a cell: more add nothing but reading.
    private const int MostMeasured = 20;

    /// <summary>Seconds of every finished run, in the order of the plan.</summary>
    /// <param name="status">The status.</param>
    public static IReadOnlyList<double> Seconds(StudyStatus status) =>
        [
            .. status
                .Runs.Where(run => run.State == RunState.Done)
                .Select(run => StudyStore.ReadCost(run.Folder!).Total.TotalSeconds),
        ];

    /// <summary>The estimate of a study's status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="probed">Seconds of one run of a cell, where that was tried; null: it was not.</param>
    public static StudyEstimate Of(StudyStatus status, Func<StudyCell, double?>? probed = null)
    {
        var measured = status
            .Runs.Where(run => run.State == RunState.Done)
            .GroupBy(run => (run.Run.Cell, run.Run.Method))
            .SelectMany(group => group.Take(MostMeasured))
            .Select(run => (run.Run.Cell, run.Run.Method, Seconds: StudyStore.ReadCost(run.Folder!).Total.TotalSeconds))
            .ToArray();
        var byMethod = measured
            .GroupBy(m => (m.Cell, m.Method))
            .ToDictionary(g => g.Key, g => g.Average(m => m.Seconds));
        var byCell = measured.GroupBy(m => m.Cell).ToDictionary(g => g.Key, g => g.Average(m => m.Seconds));
        var byData = measured.GroupBy(m => m.Cell.Data).ToDictionary(g => g.Key, g => g.Average(m => m.Seconds));
        double? all = measured.Length > 0 ? measured.Average(m => m.Seconds) : null;
        double? SecondsOf(PlannedRun run) =>
            byMethod.TryGetValue((run.Cell, run.Method), out var seconds) ? seconds
            : byCell.TryGetValue(run.Cell, out seconds) ? seconds
            : probed?.Invoke(run.Cell) is { } probe ? probe
            : byData.TryGetValue(run.Cell.Data, out seconds) ? seconds
            : all;
        var open = status
            .Runs.Where(run => run.State is not (RunState.Done or RunState.Diverged))
            .Select(run => SecondsOf(run.Run))
            .ToArray();
        return new(
            open.All(seconds => seconds is not null) ? TimeSpan.FromSeconds(open.Sum(seconds => seconds!.Value)) : null,
            measured.Length
        );
    }
}
