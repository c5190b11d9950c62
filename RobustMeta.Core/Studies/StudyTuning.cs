using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>
/// The choices of a study's tuning, each made once: first the shared one of a cell, then each method's own, on the
/// validation users of the tuning seed.
/// </summary>
public sealed class StudyTuning
{
    private readonly StudySpec spec;
    private readonly Func<ExperimentSpec, RunOutcome> outcomeOf;
    private readonly Dictionary<TuningKey, Tuning> decided = [];

    /// <summary>The tuning of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="outcomeOf">Gives what there is of a run, or runs it.</param>
    public StudyTuning(StudySpec spec, Func<ExperimentSpec, RunOutcome> outcomeOf)
    {
        this.spec = spec;
        this.outcomeOf = outcomeOf;
        Plan = new(spec, key => Of(key)?.Value);
    }

    /// <summary>The plan with what is decided.</summary>
    public StudyPlan Plan { get; }

    /// <summary>The choice of a stage; null where a run is missing.</summary>
    public Tuning? Of(TuningKey key)
    {
        var choice = spec.ChoiceOf(key);
        if (!choice.IsTuned)
        {
            return new(choice.Values[0], []);
        }
        if (!decided.TryGetValue(key, out var tuning) && Decide(key, choice) is { } made)
        {
            tuning = made;
            decided.Add(key, made);
        }
        return tuning;
    }

    private Tuning? Decide(TuningKey key, StudyChoice choice)
    {
        if (Plan.TuningRun(key, choice.Values[0]).Shared is null)
        {
            return null;
        }
        var experiment = Plan.Experiment(Plan.TuningRun(key, choice.Values[0]));
        var isHigher = experiment.Evaluation.SelectionFor(experiment.Split.Label).HigherIsBetter;
        ITuner tuner = new GridTuner(choice.Values, isHigher);
        while (tuner.Result is null)
        {
            var trials = tuner.Ask();
            var outcomes = trials
                .Select(trial => outcomeOf(Plan.Experiment(Plan.TuningRun(key, trial.Value))))
                .ToArray();
            if (!outcomes.All(outcome => outcome.IsSettled))
            {
                return null;
            }
            foreach (var (trial, outcome) in trials.Zip(outcomes))
            {
                tuner.Tell(trial, outcome.State == RunState.Done ? outcome.Folder.ReadValidation() : double.NaN);
            }
        }
        return tuner.Result;
    }
}
