namespace RobustMeta.Studies;

/// <summary>What a method costs on this machine: medians over its finished runs.</summary>
/// <param name="Cell">Where it was trained.</param>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="Runs">Number of runs.</param>
/// <param name="SecondsAnEpoch">Seconds of an epoch, validation included; of the whole fit for a method without epochs.</param>
/// <param name="Seconds">Seconds of training or fitting.</param>
/// <param name="ReferenceSeconds">Seconds of fitting the reference.</param>
/// <param name="UsersPerSecond">Users trained on a second.</param>
/// <param name="PeakMegabytes">Largest working set of the process in any run, in millions of bytes.</param>
public sealed record MethodCost(
    StudyCell Cell,
    string Method,
    int Runs,
    double SecondsAnEpoch,
    double Seconds,
    double ReferenceSeconds,
    double UsersPerSecond,
    double PeakMegabytes
)
{
    /// <summary>The costs of the methods of a study, in the order of the plan.</summary>
    /// <param name="records">Finished runs.</param>
    public static IReadOnlyList<MethodCost> Of(IEnumerable<RunRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return
        [
            .. records
                .GroupBy(record => (record.Run.Cell, Label: CellReader.Label(record.Run)))
                .Select(runs => new MethodCost(
                    runs.Key.Cell,
                    runs.Key.Label,
                    runs.Count(),
                    Median(runs.Select(run => run.Cost.Training.TotalSeconds / Epochs(run))),
                    Median(runs.Select(run => run.Cost.Training.TotalSeconds)),
                    Median(runs.Select(run => run.Cost.Reference.TotalSeconds)),
                    Median(runs.Select(run => run.Cost.UsersPerSecond)),
                    runs.Max(run => run.Cost.PeakBytes) / 1e6
                )),
        ];
    }

    private static int Epochs(RunRecord run) => Math.Max(1, run.Folder.ReadHistory().Count);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
