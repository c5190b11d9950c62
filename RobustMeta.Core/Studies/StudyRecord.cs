namespace RobustMeta.Studies;

/// <summary>What a method came to under one seed: of a <see cref="RunRecord"/>, or of a <see cref="BaselineRecord"/>.</summary>
/// <param name="Run">Data set, shift, base model, method, swept and tuned settings, seed, and what tells it apart from all others.</param>
/// <param name="Axis">Name of the axis of the shift.</param>
/// <param name="Measurements">One per test set and metric.</param>
public abstract record StudyRecord(PlannedRun Run, string Axis, IReadOnlyList<RunMeasurement> Measurements);
