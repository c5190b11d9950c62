using System.Collections.Immutable;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// The results of a study as records, one a run or baseline; per-user rows are aggregated while they are read, record by record.
/// </summary>
public static class StudyResults
{
    private const double Decile = 0.1;

    /// <summary>The finished runs that are reported, in the order of the plan.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="coverage">Is told how many runs there are, and which are damaged and left out.</param>
    /// <exception cref="Data.DataFormatException">A file is damaged; deleting its folder makes the run afresh.</exception>
    public static IEnumerable<RunRecord> Read(StudySpec spec, StudyStore store, StudyCoverage? coverage = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        return ReadAll(spec, store, coverage).OfType<RunRecord>();
    }

    /// <summary>
    /// The same with the baselines: each stands once a data set and seed, before the first run that it was measured beside.
    /// </summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="coverage">Is told how many runs there are, and which are damaged and left out.</param>
    /// <exception cref="Data.DataFormatException">A file is damaged; deleting it, or a run's folder, makes it afresh.</exception>
    public static IEnumerable<StudyRecord> ReadAll(StudySpec spec, StudyStore store, StudyCoverage? coverage = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        var common = new HashSet<(NamedSettings, NamedSettings, string, string)>();
        return Finished(spec, store, coverage)
            .SelectMany(done =>
            {
                var (run, folder) = done;
                var shift = folder.ReadShift();
                var file = store.CommonFile(folder.Spec);
                var point = DataPoint(run.Point, folder.Spec);
                var isFirst = common.Add((run.Cell.Data, run.Cell.Shift, file, point.Text));
                return (isFirst && File.Exists(file) ? Baselines(run with { Point = point }, file, shift) : []).Append(
                    new RunRecord(
                        run,
                        folder,
                        folder.ReadValidation(),
                        folder.ReadCost(),
                        shift.Name,
                        Measure(shift.Coordinates, folder.StreamUsers())
                    )
                );
            });
    }

    /// <summary>Paths of the folders of the runs that are reported and finished.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    public static IEnumerable<string> Folders(StudySpec spec, StudyStore store)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        return Finished(spec, store).Select(done => done.Folder.Path);
    }

    /// <summary>Requires that a run is finished, so that there is something to gather.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="what">What is to be done with them, e.g. <c>collect</c>.</param>
    /// <exception cref="SettingException">No run is finished.</exception>
    public static void RequireFinished(StudySpec spec, StudyStore store, string what)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(what);
        var coverage = new StudyCoverage();
        if (!Finished(spec, store, coverage).Any())
        {
            var damaged = string.Concat(coverage.Damaged.Take(1).Select(one => $" Damaged: {one.Key}: {one.Value}"));
            throw new SettingException(
                $"There is nothing to {what}: no finished run of this study is in {store.Root}. {Remedy(spec, store)}{damaged}"
            );
        }
    }

    // Settings make other runs: who leaves the words out that the runs were given looks for runs that nobody made.
    private static string Remedy(StudySpec spec, StudyStore store)
    {
        var own = StudyStatus.Of(spec, store).Runs.Select(run => run.Run.Id).ToHashSet();
        var others = store.Folders().Count(one => !own.Contains(one.Key) && StudyStore.IsDone(one.Value));
        return others == 0
            ? "Run it first."
            : $"The folder has {Counted.Of(others, "finished run", "finished runs")} of other settings or seeds: give the words with which they were "
                + "made (such as quick, variant NAME or epoch 3), or run the study without them. Runs from before a change of the study file or "
                + "of the defaults are runs of another study.";
    }

    /// <summary>The folders of the runs that are reported and finished.</summary>
    internal static IEnumerable<(PlannedRun Run, RunFolder Folder)> Finished(
        StudySpec spec,
        StudyStore store,
        StudyCoverage? coverage = null
    ) => Finished(spec, store, StudyTuning.Of(spec, store, coverage), coverage);

    /// <summary>The same by known choices of tuning.</summary>
    internal static IEnumerable<(PlannedRun Run, RunFolder Folder)> Finished(
        StudySpec spec,
        StudyStore store,
        StudyTuning tuning,
        StudyCoverage? coverage
    )
    {
        var plan = tuning.Plan;
        foreach (var run in spec.Cells.SelectMany(plan.Reported))
        {
            var outcome = run.Id is null ? null : store.Outcome(plan.Experiment(run));
            if (outcome is not null)
            {
                coverage?.Noted(outcome);
            }
            var isDone = outcome?.State == RunState.Done;
            coverage?.Count(isDone);
            if (isDone)
            {
                yield return (run, outcome!.Folder);
            }
        }
    }

    // The swept settings that the data depend on: all others change nothing of a baseline.
    private static SweepPoint DataPoint(SweepPoint point, ExperimentSpec experiment)
    {
        if (point.Settings.Count == 0)
        {
            return SweepPoint.None;
        }
        var known = experiment.DataSettings.Select(setting => setting.Key).ToHashSet();
        (string, string)[] kept = [.. point.Settings.Where(setting => known.Contains(setting.Key))];
        return kept.Length == 0 ? SweepPoint.None : point with { Settings = kept };
    }

    private static IEnumerable<StudyRecord> Baselines(PlannedRun run, string file, ShiftAxis shift) =>
        ResultTable
            .Read(file)
            .Where(row => row.Metric != SupportHardness.Metric)
            .GroupBy(row => row.Method)
            .Select(rows => new BaselineRecord(
                run with
                {
                    Cell = run.Cell with { Base = NamedSettings.Unnamed },
                    Method = new(rows.Key, []),
                    Shared = "",
                    Own = "",
                    Id = Path.GetFileNameWithoutExtension(file),
                },
                shift.Name,
                Measure(shift.Coordinates, rows)
            ));

    private static ImmutableArray<RunMeasurement> Measure(
        IReadOnlyList<double> coordinates,
        IEnumerable<UserResult> rows
    )
    {
        var values = new Dictionary<(int TestSet, string Metric), List<double>>();
        foreach (var row in rows)
        {
            var key = (row.TestSet, row.Metric);
            if (!values.TryGetValue(key, out var own))
            {
                values.Add(key, own = []);
            }
            own.Add(row.Value);
        }
        return
        [
            .. values.Select(group =>
            {
                var sign = Metric.Parse(group.Key.Metric).HigherIsBetter ? 1.0 : -1.0;
                return new RunMeasurement(
                    group.Key.TestSet,
                    coordinates[group.Key.TestSet],
                    group.Key.Metric,
                    group.Value.Average(),
                    sign * TailStatistics.LowestMean(group.Value.Select(x => sign * x), Decile),
                    group.Value.Count
                );
            }),
        ];
    }
}
