using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>One member of a population over radii.</summary>
/// <param name="Radius">Size of its ambiguity sets.</param>
/// <param name="Training">History of its training.</param>
/// <param name="Fraction">Fraction of the test users who got it, by the held-out halves of their supports.</param>
public sealed record PopulationMember(double Radius, TrainingResult Training, double Fraction);
