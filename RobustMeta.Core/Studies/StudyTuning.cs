using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Settings;
using RobustMeta.Studies.Collection;
using RobustMeta.Studies.Search;

namespace RobustMeta.Studies;

/// <summary>
/// The choices of a study's tuning, each made once: first the shared one of a cell, then each method's own, on the
/// validation users of the tuning seeds.
/// </summary>
public sealed class StudyTuning
{
    private readonly StudySpec spec;
    private readonly Func<TuningRun, RunOutcome> outcomeOf;
    private readonly Dictionary<TuningKey, Tuning> decided = [];
    private readonly Dictionary<TuningKey, HashSet<string>> points = [];
    private readonly Dictionary<TuningKey, List<(PlannedRun Run, string Piece)>> asked = [];

    /// <summary>The tuning of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="outcomeOf">Gives what there is of a run, or runs it.</param>
    public StudyTuning(StudySpec spec, Func<TuningRun, RunOutcome> outcomeOf)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(outcomeOf);
        this.spec = spec;
        this.outcomeOf = outcomeOf;
        Plan = new(spec, key => Of(key)?.Value);
    }

    /// <summary>Is told the runs of the candidates that a tuner asks for at once, before their outcomes are asked for one by one.</summary>
    public Action<TuningKey, IReadOnlyList<TuningRun>> Ahead { get; init; } = (_, _) => { };

    /// <summary>The plan with what is decided.</summary>
    public StudyPlan Plan { get; }

    /// <summary>Gives a choice that was made before, where the runs that it was made by are not there.</summary>
    private Func<TuningKey, Tuning?> Kept { get; init; } = _ => null;

    /// <summary>The same, and where runs are missing the choices that a collected file tells.</summary>
    internal static StudyTuning Of(
        StudySpec spec,
        StudyStore store,
        StudyCoverage? coverage,
        CollectedResults? collected
    ) =>
        new(
            spec,
            run =>
                store.Outcome(run.Experiment) is var outcome && coverage is not null ? coverage.Noted(outcome) : outcome
        )
        {
            Kept = key => collected?.ReadChoice(spec, key),
        };

    /// <summary>The choices that the finished runs of a store make.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="store">Where its results are.</param>
    /// <param name="coverage">Is told of damaged runs.</param>
    public static StudyTuning Of(StudySpec spec, StudyStore store, StudyCoverage? coverage = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        return Of(spec, store, coverage, null);
    }

    /// <summary>The choice of a stage; null where a run is missing.</summary>
    public Tuning? Of(TuningKey key)
    {
        var choice = spec.ChoiceOf(key);
        if (!choice.IsTuned)
        {
            return new(choice.Values[0], []);
        }
        if (!decided.TryGetValue(key, out var tuning) && (Decide(key, choice) ?? Kept(key)) is { } made)
        {
            tuning = made;
            decided.Add(key, made);
        }
        return tuning;
    }

    /// <summary>Names of the points of a stage that were trained on rungs, as far as they were asked for.</summary>
    /// <param name="key">The stage.</param>
    internal IReadOnlyCollection<string> PointsOf(TuningKey key) => points.GetValueOrDefault(key) ?? [];

    /// <summary>The runs of a stage that were asked for so far, each with the name of its piece of work.</summary>
    /// <param name="key">The stage.</param>
    internal IReadOnlyList<(PlannedRun Run, string Piece)> AskedOf(TuningKey key) => asked.GetValueOrDefault(key) ?? [];

    private Tuning? Decide(TuningKey key, StudyChoice choice)
    {
        asked[key] = [];
        var first = Plan.TuningRuns(key, choice.Values[0]).First();
        if (first.Shared is null)
        {
            return null;
        }
        var experiment = Plan.Experiment(first);
        var isHigher = experiment.Evaluation.SelectionFor(experiment.Split.Label).HigherIsBetter;
        var tuner = choice.Tuner(experiment, isHigher, spec.TuningSeeds[0]);
        while (tuner.Result is null)
        {
            var trials = tuner.Ask().Select(trial => (Trial: trial, Runs: RunsOf(key, trial))).ToArray();
            TuningRun[] all = [.. trials.SelectMany(trial => trial.Runs)];
            points[key] = [.. PointsOf(key), .. all.Select(run => run.Rung?.Point).OfType<string>()];
            Ahead(key, all);
            var told = trials
                .Select(trial => (trial.Trial, Outcomes: trial.Runs.Select(outcomeOf).ToArray()))
                .ToArray();
            if (!told.All(trial => trial.Outcomes.All(outcome => outcome.IsSettled)))
            {
                return null;
            }
            foreach (var (trial, outcomes) in told)
            {
                tuner.Tell(
                    trial,
                    outcomes.Average(Value),
                    outcomes.Aggregate(TimeSpan.Zero, (sum, o) => sum + Time(o))
                );
            }
        }
        return tuner.Result;
    }

    // NaN where training diverged, and then for the mean over the seeds too.
    private static double Value(RunOutcome outcome) =>
        outcome.State == RunState.Done ? outcome.Folder.ReadValidation() : double.NaN;

    private static TimeSpan Time(RunOutcome outcome) =>
        outcome.State == RunState.Done ? outcome.Folder.ReadCost().Training : TimeSpan.Zero;

    private TuningRun[] RunsOf(TuningKey key, TuningTrial trial) =>
        [
            .. Plan.TuningRuns(key, trial.Value)
                .Select(run =>
                {
                    var whole = Plan.Experiment(run);
                    var made = trial.Epochs is { } epochs
                        ? new TuningRun(
                            run,
                            whole.With([(StudyChoice.EpochKey, epochs.ToString(CultureInfo.InvariantCulture))]),
                            trial.Number,
                            // What all rungs of a point have in common.
                            new(whole.With([(StudyChoice.EpochKey, "1")]).Hash, epochs)
                        )
                        : new TuningRun(run, whole, trial.Number, null);
                    asked[key].Add((run with { Id = made.Experiment.Hash }, PieceNames.Trial(key, made)));
                    return made;
                }),
        ];
}
