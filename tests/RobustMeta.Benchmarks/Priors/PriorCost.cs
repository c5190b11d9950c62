namespace RobustMeta.Benchmarks.Priors;

/// <summary>What one prior costs in one process.</summary>
/// <param name="Users">Training users.</param>
/// <param name="Start">Seconds of the start.</param>
/// <param name="Peak">Bytes of working set that the start added at most.</param>
/// <param name="Parameters">Bytes of the parameters.</param>
/// <param name="Fold">Microseconds for a test user: folded in, and the query scored.</param>
internal sealed record PriorCost(int Users, double Start, double Peak, double Parameters, double Fold);
