namespace RobustMeta.Studies;

/// <summary>What a method gives on average and at worst, means over seeds.</summary>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="Average">Mean over the test sets.</param>
/// <param name="Worst">The test set on which the method is worst; with a single test set the worst decile of its users.</param>
public sealed record PooledTradeoff(string Method, double Average, double Worst);
