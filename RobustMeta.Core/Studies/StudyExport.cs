using RobustMeta.Runtime;

namespace RobustMeta.Studies;

/// <summary>The results of a study as one table: a row per run or baseline, test set and metric.</summary>
public static class StudyExport
{
    private static readonly string[] Columns =
    [
        "data",
        "shift",
        "base",
        "method",
        "sweep",
        "settings",
        "shared",
        "own",
        "seed",
        "run",
        "testset",
        "axis",
        "coordinate",
        "metric",
        "mean",
        "worstDecile",
        "users",
        "validation",
        "vectorWidth",
    ];

    /// <summary>
    /// The table as CSV text. Times are not in it: they differ between equal runs. A baseline has no base model, validation and vector
    /// width.
    /// </summary>
    public static string Csv(IEnumerable<StudyRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return CsvText.Table(Columns, records.SelectMany(Rows));
    }

    /// <summary>
    /// The runs of a plan as CSV text, a row each; what tuning must decide first is empty, and so are sweep and settings where nothing is swept.
    /// </summary>
    public static string Plan(IEnumerable<PlannedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return CsvText.Table(
            ["run", "stage", "data", "shift", "base", "method", "sweep", "settings", "shared", "own", "seed"],
            runs.Select(run =>
                (IEnumerable<object?>)
                    [
                        run.Id,
                        run.Stage,
                        run.Cell.Data.Name,
                        run.Cell.Shift.Name,
                        run.Cell.Base.Name,
                        run.Method.Name,
                        run.Point.Sweep,
                        run.Point.Text,
                        run.Shared,
                        run.Own,
                        run.Seed,
                    ]
            )
        );
    }

    private static IEnumerable<IEnumerable<object?>> Rows(StudyRecord record)
    {
        var (validation, width) = record is RunRecord own
            ? ((object?)own.Validation, VectorWidths.Read(own.Folder.Path))
            : (null, "");
        return record.Measurements.Select(measurement =>
            (IEnumerable<object?>)[.. Place(record.Run), .. Values(record.Axis, measurement), validation, width]
        );
    }

    private static IEnumerable<object?> Place(PlannedRun run) =>
        [
            run.Cell.Data.Name,
            run.Cell.Shift.Name,
            run.Cell.Base.Name,
            run.Method.Name,
            run.Point.Sweep,
            run.Point.Text,
            run.Shared,
            run.Own,
            run.Seed,
            run.Id,
        ];

    private static IEnumerable<object?> Values(string axis, RunMeasurement measurement) =>
        [
            measurement.TestSet,
            axis,
            measurement.Coordinate,
            measurement.Metric,
            measurement.Mean,
            measurement.WorstDecile,
            measurement.Users,
        ];
}
