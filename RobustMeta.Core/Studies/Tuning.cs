namespace RobustMeta.Studies;

/// <summary>A tuned value with what each candidate was worth.</summary>
/// <param name="Value">The value that was chosen.</param>
/// <param name="Candidates">Each candidate with its value on the validation users; NaN: diverged.</param>
public sealed record Tuning(string Value, IReadOnlyList<(string Candidate, double Value)> Candidates);
