namespace RobustMeta.Studies;

/// <summary>What tables and figures show of one metric of a cell.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Results">Means: methods and baselines × test sets.</param>
/// <param name="PerSeed">Means on the unshifted test set, seed by seed.</param>
/// <param name="Tradeoffs">What each method gives on average and at worst.</param>
/// <param name="Tail">Means of the worst-served fractions of users; of a cell's first metric alone.</param>
/// <param name="WorstCases">Worst reweightings within chi-square sets of growing radius; of a cell's first metric alone.</param>
/// <param name="Compared">The methods that are compared in pairs: the first of those that no sweep varies.</param>
/// <param name="Pairwise">p-values of these pairs, see <see cref="CellPooling.Pairwise"/>.</param>
public sealed record MetricSummary(
    string Metric,
    IReadOnlyList<PooledResult> Results,
    IReadOnlyList<MethodSeeds> PerSeed,
    IReadOnlyList<PooledTradeoff> Tradeoffs,
    IReadOnlyList<PooledPoint> Tail,
    IReadOnlyList<PooledPoint> WorstCases,
    IReadOnlyList<string> Compared,
    IReadOnlyList<IReadOnlyList<double>> Pairwise
);
