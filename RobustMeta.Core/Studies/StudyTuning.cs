using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Settings;
using RobustMeta.Studies.Search;

namespace RobustMeta.Studies;

/// <summary>
/// The choices of a study's tuning, each made once: first the shared one of a cell, then each method's own, on the
/// validation users of the tuning seed.
/// </summary>
public sealed class StudyTuning
{
    private const string EpochKey = "epoch";
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
        var tuner = TunerOf(choice, experiment, isHigher);
        while (tuner.Result is null)
        {
            var trials = tuner.Ask();
            var outcomes = trials.Select(trial => outcomeOf(ExperimentOf(key, trial))).ToArray();
            if (!outcomes.All(outcome => outcome.IsSettled))
            {
                return null;
            }
            foreach (var (trial, outcome) in trials.Zip(outcomes))
            {
                var isDone = outcome.State == RunState.Done;
                tuner.Tell(
                    trial,
                    isDone ? outcome.Folder.ReadValidation() : double.NaN,
                    isDone ? outcome.Folder.ReadCost().Training : TimeSpan.Zero
                );
            }
        }
        return tuner.Result;
    }

    private ITuner TunerOf(StudyChoice choice, ExperimentSpec experiment, bool isHigher) =>
        choice.Search is { } search
            ? search.Create(
                SearchSpace.Of(experiment, choice.Keys),
                isHigher,
                spec.TuningSeed!.Value,
                SettingList.Of(experiment).FirstOrDefault(setting => setting.Key == EpochKey)?.Print(experiment)
                    is { } epochs
                    ? int.Parse(epochs, CultureInfo.InvariantCulture)
                    : 1
            )
            : new GridTuner(choice.Values, isHigher);

    private ExperimentSpec ExperimentOf(TuningKey key, TuningTrial trial)
    {
        var experiment = Plan.Experiment(Plan.TuningRun(key, trial.Value));
        return trial.Epochs is { } epochs
            ? experiment.With([(EpochKey, epochs.ToString(CultureInfo.InvariantCulture))])
            : experiment;
    }
}
