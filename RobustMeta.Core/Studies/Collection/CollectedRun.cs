using RobustMeta.Evaluation;
using RobustMeta.Experiments;

namespace RobustMeta.Studies.Collection;

/// <summary>The results of one run, or of the baselines of a seed, as a collected file has them.</summary>
/// <param name="Users">A row per test set, user and metric.</param>
/// <param name="Shift">Where the test sets stand.</param>
internal sealed record CollectedRun(IReadOnlyList<UserResult> Users, ShiftAxis Shift);
