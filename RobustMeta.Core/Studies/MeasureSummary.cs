namespace RobustMeta.Studies;

/// <summary>A measure of a cell, method by method.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Values">Its values under each seed, of the methods and baselines that allow it.</param>
public sealed record MeasureSummary(StudyMeasure Measure, IReadOnlyList<MethodSeeds> Values);
