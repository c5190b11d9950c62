using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Settings;
using RobustMeta.Studies.Collection;

namespace RobustMeta.Studies;

/// <summary>
/// Reads what is there of the cells of a study: of a run that is in the study's collected file from there, of others from their folders.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="store">Where its results are.</param>
/// <param name="coverage">Is told how many runs there are of the cells that are read, and which are damaged and left out.</param>
public sealed class CellReader(StudySpec spec, StudyStore store, StudyCoverage? coverage = null)
{
    private readonly StudySpec spec = spec ?? throw new ArgumentNullException(nameof(spec));
    private readonly StudyStore store = store ?? throw new ArgumentNullException(nameof(store));
    private readonly CollectedResults? collected = CollectedResults.Of(store);
    private readonly StudyTuning tuning = StudyTuning.Of(spec, store, coverage, CollectedResults.Of(store));

    /// <summary>The cells of which anything is complete.</summary>
    /// <exception cref="SettingException">There is a collected file, and nothing of what the study reports is in it or in folders.</exception>
    public IReadOnlyList<CellResult> ReadAll()
    {
        CellResult[] cells = [.. spec.Cells.Select(Read).OfType<CellResult>()];
        return cells.Length > 0 || collected is null
            ? cells
            : throw new SettingException(
                $"{collected.FilePath} holds no run that the study '{spec.Name}' reports: the study file, its tuning or the settings given "
                    + "here differ from those it was collected with. Report it with those, or collect it anew where the "
                    + "folders of its runs are: study FILE.toml collect"
            );
    }

    /// <summary>The results of a cell; null where no seed of plain training is complete.</summary>
    public CellResult? Read(StudyCell cell)
    {
        var runs = tuning.Plan.Reported(cell).ToArray();
        if (tuning.Of(new(cell, null)) is not { } shared)
        {
            CountWaiting(runs);
            return null;
        }
        (StudyMethod, Tuning)[] tuned =
        [
            .. from method in spec.MethodsOf(cell)
            let choice = tuning.Of(new(cell, method))
            where choice is not null
            select (method, choice),
        ];
        CountWaiting(runs.Where(run => run.Id is null));
        runs = [.. runs.Where(run => run.Id is not null)];
        var found = collected?.Read(cell) ?? new Dictionary<string, CollectedRun>();
        var seeds = runs.GroupBy(run => run.Seed).Select(seed => ReadSeed(seed, found)).ToArray();
        SeedResult[] complete = [.. seeds.Select(seed => seed.Result).OfType<SeedResult>()];
        return complete.Length == 0
            ? null
            : new(
                cell,
                Label(runs.First(run => run.Method == spec.Plain)),
                shared,
                tuned,
                [.. runs.Select(Label).Distinct()],
                [.. seeds.SelectMany(seed => seed.Baselines).Distinct()],
                complete,
                [.. seeds.SelectMany(seed => seed.Diverged)]
            )
            {
                Points = runs.DistinctBy(Label).ToDictionary(Label, run => (run.Method.Name, run.Point)),
            };
    }

    /// <summary>Name of a run's method in tables: a swept one has its settings in it.</summary>
    public static string Label(PlannedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Point.Text.Length == 0 ? run.Method.Name : $"{run.Method.Name} {run.Point.Text}";
    }

    private (SeedResult? Result, string[] Baselines, (string, long)[] Diverged) ReadSeed(
        IGrouping<long, PlannedRun> seed,
        IReadOnlyDictionary<string, CollectedRun> found
    )
    {
        var runs = seed.Select(run => (Run: run, State: StateOf(run, found))).ToArray();
        (string, long)[] diverged =
        [
            .. runs.Where(r => r.State == RunState.Diverged).Select(r => (Label(r.Run), seed.Key)),
        ];
        var done = runs.Where(r => r.State == RunState.Done).Select(r => r.Run).ToArray();
        if (done.FirstOrDefault(run => run.Method == spec.Plain) is not { } plain)
        {
            return (null, [], diverged);
        }
        var common = ReadCommon(tuning.Plan.Experiment(plain), found);
        var hard = SupportHardness.Hardest(common);
        var (rows, shift) = ReadRun(plain, found);
        string[] users = [.. rows.Select(row => row.User).Distinct()];
        var cohort = new Cohort(users, shift.Coordinates, [.. users.Select(hard.Contains)])
        {
            Axis = shift.Name,
            Divergences = shift.Divergences,
        };
        var others = common.Where(row => row.Metric != SupportHardness.Metric).GroupBy(row => row.Method).ToArray();
        var methods = done.ToDictionary(Label, run => new MethodValues(cohort, ReadRun(run, found).Users));
        foreach (var other in others)
        {
            methods[other.Key] = new(cohort, other);
        }
        return (new(seed.Key, cohort, methods), [.. others.Select(other => other.Key)], diverged);
    }

    // Runs whose settings wait for a tuning.
    private void CountWaiting(IEnumerable<PlannedRun> runs)
    {
        foreach (var _ in runs)
        {
            coverage?.Count(isFinished: false);
        }
    }

    private RunState StateOf(PlannedRun run, IReadOnlyDictionary<string, CollectedRun> found)
    {
        var state = RunState.Done;
        if (!found.ContainsKey(run.Id!))
        {
            var outcome = store.Outcome(tuning.Plan.Experiment(run));
            state = (coverage?.Noted(outcome) ?? outcome).State;
        }
        coverage?.Count(state == RunState.Done);
        return state;
    }

    private CollectedRun ReadRun(PlannedRun run, IReadOnlyDictionary<string, CollectedRun> found)
    {
        if (found.TryGetValue(run.Id!, out var known))
        {
            return known;
        }
        var folder = store.Folder(tuning.Plan.Experiment(run));
        return new(folder.ReadUsers(), folder.ReadShift());
    }

    private IReadOnlyList<UserResult> ReadCommon(
        ExperimentSpec experiment,
        IReadOnlyDictionary<string, CollectedRun> found
    ) =>
        store.CommonFile(experiment) is var file
        && found.TryGetValue(Path.GetFileNameWithoutExtension(file), out var run)
            ? run.Users
        : File.Exists(file) ? ResultTable.Read(file)
        : [];
}
