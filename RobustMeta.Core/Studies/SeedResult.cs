namespace RobustMeta.Studies;

/// <summary>Results of one seed: who was tested, and the values of each method that is there.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Cohort">The test users.</param>
/// <param name="Methods">Values by name of the method; a swept method has its settings in the name.</param>
public sealed record SeedResult(long Seed, Cohort Cohort, IReadOnlyDictionary<string, MethodValues> Methods);
