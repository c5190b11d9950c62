namespace RobustMeta.Studies;

/// <summary>A baseline, which is measured once for all methods and base models on a data set and seed.</summary>
/// <param name="Run">
/// It as a run: the method has the baseline's name, the cell no base model, and the point the swept settings that the data depend on;
/// its identifier is the name of the file of its users.
/// </param>
/// <param name="Axis">Name of the axis of the shift.</param>
/// <param name="Measurements">One per test set and metric.</param>
public sealed record BaselineRecord(PlannedRun Run, string Axis, IReadOnlyList<RunMeasurement> Measurements)
    : StudyRecord(Run, Axis, Measurements);
