using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>A run that a tuner asks for.</summary>
/// <param name="Run">What it is in the plan.</param>
/// <param name="Experiment">The same with all settings.</param>
/// <param name="Trial">Number of the tuner's question.</param>
/// <param name="Rung">Where it stands on the rungs of its point; null where all candidates are trained in full.</param>
public sealed record TuningRun(PlannedRun Run, ExperimentSpec Experiment, int Trial, TuningRung? Rung);
