namespace RobustMeta.Experiments;

/// <summary>One row of the paper's result file.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="Values">Means over users, in the order of <see cref="PerformanceFile.Metrics"/>.</param>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Coordinate">Coordinate of the test set on the axis of its shift: beta of exponential tilting.</param>
/// <param name="Seed">Master seed.</param>
/// <param name="Run">Name of the run's folder.</param>
public sealed record PerformanceRow(
    string Method,
    int TestSet,
    IReadOnlyList<double> Values,
    string Dataset,
    double Coordinate,
    long Seed,
    string Run
);
