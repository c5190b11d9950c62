using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>A run that a tuner asks for.</summary>
/// <param name="Experiment">The run.</param>
/// <param name="Trial">Number of the tuner's question.</param>
/// <param name="Rung">Where it stands on the rungs of its point; null where all candidates are trained in full.</param>
public sealed record TuningRun(ExperimentSpec Experiment, int Trial, TuningRung? Rung);
