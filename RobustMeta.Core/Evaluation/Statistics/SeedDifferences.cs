namespace RobustMeta.Evaluation;

/// <summary>Differences between two methods under one seed, user by user.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Users">Identifiers of the users.</param>
/// <param name="Values">Difference of each user: method minus reference, positive where the method is better.</param>
public sealed record SeedDifferences(long Seed, IReadOnlyList<string> Users, IReadOnlyList<double> Values);
