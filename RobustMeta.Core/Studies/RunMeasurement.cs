namespace RobustMeta.Studies;

/// <summary>The result of a run on one test set by one metric.</summary>
/// <param name="TestSet">Number of the test set.</param>
/// <param name="Coordinate">Its coordinate on the axis of the shift.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Mean">Mean over users.</param>
/// <param name="WorstDecile">Mean of the tenth of the users with the worst values.</param>
/// <param name="Users">Number of users with a value.</param>
public sealed record RunMeasurement(
    int TestSet,
    double Coordinate,
    string Metric,
    double Mean,
    double WorstDecile,
    int Users
);
