using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Collection;

/// <summary>
/// All results of a study as one Parquet file: a row per run, test set, user and metric, and the same of the baselines that are
/// measured beside the methods, with the choices of tuning. Equal results give an equal file; times are not in it. Reports read it in place of the folders.
/// </summary>
public static class StudyCollection
{
    /// <summary>Name of the file in a study's folder.</summary>
    public const string FileName = "results.parquet";

    /// <summary>Column of the choice that the shared stage of tuning made.</summary>
    internal const string SharedTuning = "sharedTuning";

    /// <summary>Column of the choice that a method's own stage made.</summary>
    internal const string OwnTuning = "ownTuning";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="coverage">Is told how many runs there are, and which are damaged and left out.</param>
    /// <returns>Number of runs that are in it.</returns>
    /// <exception cref="DataFormatException">The file of baselines of a seed is damaged.</exception>
    /// <exception cref="SettingException">No run is finished.</exception>
    public static int Write(StudySpec spec, StudyStore store, string path, StudyCoverage? coverage = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(path);
        StudyResults.RequireFinished(spec, store, "collect");
        coverage ??= new();
        TemporaryFile.SweepBeside(path);
        ParquetFile.Write(path, Rows(spec, store, coverage), Columns);
        return coverage.Finished;
    }

    private static IReadOnlyList<ParquetColumn<CollectedRow>> Columns { get; } =
    [
        ParquetColumn<CollectedRow>.Text("data", row => row.Cell.Data.Name),
        ParquetColumn<CollectedRow>.Text("shift", row => row.Cell.Shift.Name),
        ParquetColumn<CollectedRow>.Text("base", row => row.Cell.Base.Name),
        ParquetColumn<CollectedRow>.Text("method", row => row.Run.Method),
        ParquetColumn<CollectedRow>.Text("sweep", row => row.Run.Point.Sweep),
        ParquetColumn<CollectedRow>.Text("settings", row => row.Run.Point.Text),
        ParquetColumn<CollectedRow>.Text("shared", row => row.Run.Shared),
        ParquetColumn<CollectedRow>.Text("own", row => row.Run.Own),
        ParquetColumn<CollectedRow>.Integer("seed", row => row.Run.Seed),
        ParquetColumn<CollectedRow>.Text("run", row => row.Run.Name),
        ParquetColumn<CollectedRow>.Text("axis", row => row.Run.Shift.Name),
        ParquetColumn<CollectedRow>.Integer("testset", row => row.Result.TestSet),
        ParquetColumn<CollectedRow>.Number("coordinate", row => row.Run.Shift.Coordinates[row.Result.TestSet]),
        ParquetColumn<CollectedRow>.Number("userKl", Divergence),
        ParquetColumn<CollectedRow>.Text("user", row => row.Result.User),
        ParquetColumn<CollectedRow>.Text("metric", row => row.Result.Metric),
        ParquetColumn<CollectedRow>.Number("value", row => row.Result.Value),
        ParquetColumn<CollectedRow>.Number("validation", row => row.Run.Validation),
        ParquetColumn<CollectedRow>.Text("vectorWidth", row => row.Run.VectorWidth),
        ParquetColumn<CollectedRow>.Text(SharedTuning, row => row.Run.SharedTuning),
        ParquetColumn<CollectedRow>.Text(OwnTuning, row => row.Run.OwnTuning),
    ];

    private static double Divergence(CollectedRow row) =>
        row.Run.Shift.Divergences is { Count: > 0 } all ? all[row.Result.TestSet] : double.NaN;

    private static IEnumerable<CollectedRow> Rows(StudySpec spec, StudyStore store, StudyCoverage coverage)
    {
        var common = new HashSet<(StudyCell, string)>();
        var tuning = StudyTuning.Of(spec, store, coverage);
        foreach (var (run, folder) in StudyResults.Finished(spec, store, tuning, coverage))
        {
            string? ChoiceOf(TuningKey key) => CollectedTuning.Text(spec, key, tuning.Of(key));
            var source = new CollectedSource(
                folder.Spec.Hash,
                run.Method.Name,
                run.Point,
                run.Shared,
                run.Own,
                ChoiceOf(new(run.Cell, null)),
                ChoiceOf(new(run.Cell, run.Method)),
                run.Seed,
                folder.ReadShift(),
                folder.ReadValidation(),
                VectorWidths.Read(folder.Path)
            );
            var file = store.CommonFile(folder.Spec);
            if (common.Add((run.Cell, file)) && File.Exists(file))
            {
                foreach (var row in Common(run.Cell, file, source))
                {
                    yield return row;
                }
            }
            foreach (var result in folder.StreamUsers())
            {
                yield return new(run.Cell, source, result);
            }
        }
    }

    // Grouped by method: what its rows have in common stands once.
    private static IEnumerable<CollectedRow> Common(StudyCell cell, string file, CollectedSource run) =>
        ResultTable
            .Stream(file)
            .GroupBy(row => row.Method)
            .SelectMany(
                group => group,
                (group, row) =>
                    new CollectedRow(
                        cell,
                        run with
                        {
                            Name = Path.GetFileNameWithoutExtension(file),
                            Method = group.Key,
                            Point = SweepPoint.None,
                            Shared = null,
                            Own = null,
                            SharedTuning = null,
                            OwnTuning = null,
                            Validation = double.NaN,
                            VectorWidth = "",
                        },
                        row
                    )
            );
}
