namespace RobustMeta.Studies;

/// <summary>A training that goes on where a shorter one of the same point ended.</summary>
/// <param name="Point">What all trainings of the point have in common; a valid name of a folder.</param>
/// <param name="Epochs">Epochs of this one.</param>
public sealed record TuningRung(string Point, int Epochs);
