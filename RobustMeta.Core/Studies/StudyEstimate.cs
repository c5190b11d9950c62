namespace RobustMeta.Studies;

/// <summary>
/// What the rest of a study takes on this machine, one run after the other: from finished runs that differ in the
/// seed alone, else from a probe of the cell where none is finished, else from <see cref="RunTimes"/> fitted to what is
/// finished: by data set, shift, base model, method and swept point.
/// </summary>
/// <param name="Remaining">The time; null where nothing is known yet.</param>
/// <param name="Measured">Number of finished runs that it rests on.</param>
public sealed record StudyEstimate(TimeSpan? Remaining, int Measured)
{
    // Of each method of a cell: more add nothing but reading.
    private const int MostMeasured = 60;

    /// <summary>Seconds of every finished run, in the order of the plan.</summary>
    /// <param name="status">The status.</param>
    public static IReadOnlyList<double> Seconds(StudyStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return
        [
            .. status
                .Runs.Where(run => run.State == RunState.Done)
                .Select(run => StudyStore.ReadCost(run.Folder!).Total.TotalSeconds),
        ];
    }

    /// <summary>The estimate of a study's status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="probed">Seconds of one run of a cell, where that was tried; null: it was not.</param>
    public static StudyEstimate Of(StudyStatus status, Func<StudyCell, double?>? probed = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        var measured = Finished(status).ToArray();
        var exact = measured
            .GroupBy(m => (m.Run.Cell, m.Run.Method, m.Run.Point.Text))
            .ToDictionary(group => group.Key, group => group.Average(m => m.Seconds));
        var cells = measured.Select(m => m.Run.Cell).ToHashSet();
        var times = measured.Length > 0 ? RunTimes.Fit([.. measured.Select(m => (Levels(m.Run), m.Seconds))]) : null;
        double? SecondsOf(PlannedRun run) =>
            exact.TryGetValue((run.Cell, run.Method, run.Point.Text), out var seconds) ? seconds
            : !cells.Contains(run.Cell) && probed?.Invoke(run.Cell) is { } probe ? probe
            : times?.Predict(Levels(run));
        var open = status
            .Runs.Where(run => run.State is not (RunState.Done or RunState.Diverged))
            .Select(run => SecondsOf(run.Run))
            .ToArray();
        return new(
            open.All(seconds => seconds is not null) ? TimeSpan.FromSeconds(open.Sum(seconds => seconds!.Value)) : null,
            measured.Length
        );
    }

    // One run of each swept point before a second of any.
    private static IEnumerable<(PlannedRun Run, double Seconds)> Finished(StudyStatus status) =>
        status
            .Runs.Where(run => run.State == RunState.Done)
            .GroupBy(run => (run.Run.Cell, run.Run.Method, run.Run.Point.Text))
            .SelectMany(group => group.Index())
            .GroupBy(run => (run.Item.Run.Cell, run.Item.Run.Method))
            .SelectMany(group => group.OrderBy(run => run.Index).Take(MostMeasured))
            .Select(run => (run.Item.Run, StudyStore.ReadCost(run.Item.Folder!).Total.TotalSeconds));

    private static string[] Levels(PlannedRun run) =>
        [run.Cell.Data.Name, run.Cell.Shift.Name, run.Cell.Base.Name, run.Method.Name, run.Point.Text];
}
