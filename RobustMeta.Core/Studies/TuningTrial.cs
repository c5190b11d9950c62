namespace RobustMeta.Studies;

/// <summary>A candidate that a tuner wants to know the value of.</summary>
/// <param name="Value">The candidate, as text in the form of <see cref="StudyChoice.Settings"/>.</param>
public sealed record TuningTrial(string Value);
