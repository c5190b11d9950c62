namespace RobustMeta.Studies;

/// <summary>Mean over test sets and worst test set of a method, means over seeds.</summary>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="Average">Mean over the test sets.</param>
/// <param name="Worst">The test set on which the method is worst; with a single test set the worst decile of its users.</param>
public sealed record PooledTradeoff(string Method, double Average, double Worst);
