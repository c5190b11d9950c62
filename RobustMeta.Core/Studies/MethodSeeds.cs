namespace RobustMeta.Studies;

/// <summary>A number of a method under each seed that has it.</summary>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="Values">One per seed.</param>
public sealed record MethodSeeds(string Method, IReadOnlyList<double> Values);
