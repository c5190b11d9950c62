using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>A finished run of a study that is reported, and what it came to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Folder">Its folder, with everything else about it.</param>
/// <param name="Validation">Value of the selection metric on the validation users.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Axis">Name of the axis of the shift.</param>
/// <param name="Measurements">One per test set and metric.</param>
public sealed record RunRecord(
    PlannedRun Run,
    RunFolder Folder,
    double Validation,
    RunCost Cost,
    string Axis,
    IReadOnlyList<RunMeasurement> Measurements
) : StudyRecord(Run, Axis, Measurements);
