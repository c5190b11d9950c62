using System.Collections.Immutable;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// The results of a study as records, one a run; per-user rows are aggregated while they are read, run by run.
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
        return Finished(spec, store, coverage)
            .Select(done => new RunRecord(
                done.Run,
                done.Folder,
                done.Folder.ReadValidation(),
                done.Folder.ReadCost(),
                done.Folder.ReadShift().Name,
                Measure(done.Folder.ReadShift().Coordinates, done.Folder.StreamUsers())
            ));
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
                $"There is nothing to {what}: no finished run of this study is in {store.Root}. Run it first; runs from before a "
                    + $"change of the study file or of the defaults are runs of another study.{damaged}"
            );
        }
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
