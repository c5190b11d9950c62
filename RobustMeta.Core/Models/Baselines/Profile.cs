using System.Collections.Immutable;

namespace RobustMeta.Models.Baselines;

/// <summary>What is known of one user: a sparse row of the user-item matrix.</summary>
/// <param name="Items">Dense item indices; one may occur twice.</param>
/// <param name="Values">Value of each.</param>
public sealed record Profile(ImmutableArray<int> Items, ImmutableArray<double> Values);
