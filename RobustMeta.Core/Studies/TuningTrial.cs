namespace RobustMeta.Studies;

/// <summary>A candidate whose value a tuner asks for.</summary>
/// <param name="Value">The candidate, as text in the form of <see cref="StudyChoice.Settings"/>.</param>
/// <param name="Number">Which question of the tuner it is, from 0; 0 for all where each candidate is asked for once.</param>
/// <param name="Epochs">For how many epochs it is trained; null: in full.</param>
public sealed record TuningTrial(string Value, int Number = 0, int? Epochs = null);
