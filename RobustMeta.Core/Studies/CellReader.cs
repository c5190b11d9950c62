using RobustMeta.Evaluation;
using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>Reads what is there of the cells of a study.</summary>
/// <param name="spec">The study.</param>
/// <param name="store">Where its results are.</param>
public sealed class CellReader(StudySpec spec, StudyStore store)
{
    private readonly StudyTuning tuning = new(spec, store.Outcome);

    /// <summary>The cells of which anything is complete.</summary>
    public IReadOnlyList<CellResult> ReadAll() => [.. spec.Cells.Select(Read).OfType<CellResult>()];

    /// <summary>The results of a cell; null where no seed of plain training is complete.</summary>
    public CellResult? Read(StudyCell cell)
    {
        if (tuning.Of(new(cell, null)) is not { } shared)
        {
            return null;
        }
        (StudyMethod, Tuning)[] tuned =
        [
            .. from method in spec.MethodsOf(cell)
            let choice = tuning.Of(new(cell, method))
            where choice is not null
            select (method, choice),
        ];
        var runs = tuning.Plan.Reported(cell).Where(run => run.Id is not null).ToArray();
        var seeds = runs.GroupBy(run => run.Seed).Select(ReadSeed).ToArray();
        SeedResult[] found = [.. seeds.Select(seed => seed.Result).OfType<SeedResult>()];
        return found.Length == 0
            ? null
            : new(
                cell,
                Label(runs.First(run => run.Method == spec.Plain)),
                shared,
                tuned,
                [.. runs.Select(Label).Distinct()],
                [.. seeds.SelectMany(seed => seed.Baselines).Distinct()],
                found,
                [.. seeds.SelectMany(seed => seed.Diverged)]
            )
            {
                Points = runs.DistinctBy(Label).ToDictionary(Label, run => (run.Method.Name, run.Point)),
            };
    }

    /// <summary>Name of a run's method in tables: a swept one has its settings in it.</summary>
    public static string Label(PlannedRun run) =>
        run.Point.Text.Length == 0 ? run.Method.Name : $"{run.Method.Name} {run.Point.Text}";

    private (SeedResult? Result, string[] Baselines, (string, long)[] Diverged) ReadSeed(
        IGrouping<long, PlannedRun> seed
    )
    {
        var runs = seed.Select(run => (Run: run, Outcome: store.Outcome(tuning.Plan.Experiment(run)))).ToArray();
        (string, long)[] diverged =
        [
            .. runs.Where(r => r.Outcome.State == RunState.Diverged).Select(r => (Label(r.Run), seed.Key)),
        ];
        var done = runs.Where(r => r.Outcome.State == RunState.Done).ToArray();
        var plain = done.FirstOrDefault(r => r.Run.Method == spec.Plain);
        if (plain.Run is null)
        {
            return (null, [], diverged);
        }
        var experiment = plain.Outcome.Folder.Spec;
        var beside = ReadBeside(experiment);
        var hard = SupportHardness.Hardest(beside);
        string[] users = [.. plain.Outcome.Folder.ReadUsers().Select(row => row.User).Distinct()];
        var shift = plain.Outcome.Folder.ReadShift();
        var cohort = new Cohort(users, shift.Coordinates, [.. users.Select(hard.Contains)])
        {
            Axis = shift.Name,
            Divergences = shift.Divergences,
        };
        var others = beside.Where(row => row.Metric != SupportHardness.Metric).GroupBy(row => row.Method).ToArray();
        var methods = done.ToDictionary(r => Label(r.Run), r => new MethodValues(cohort, r.Outcome.Folder.ReadUsers()));
        foreach (var other in others)
        {
            methods[other.Key] = new(cohort, other);
        }
        return (new(seed.Key, cohort, methods), [.. others.Select(other => other.Key)], diverged);
    }

    private IReadOnlyList<UserResult> ReadBeside(ExperimentSpec experiment) =>
        store.BesideFile(experiment) is var file && File.Exists(file) ? ResultTable.Read(file) : [];
}
