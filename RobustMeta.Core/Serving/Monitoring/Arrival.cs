using System.Collections.Immutable;

namespace RobustMeta.Serving.Monitoring;

/// <summary>A user who arrives now.</summary>
/// <param name="Name">Identifier.</param>
/// <param name="Ratings">Items and ratings, each item once, all of them known to the model.</param>
/// <param name="Features">Features by name; what is missing counts as unknown.</param>
public sealed record Arrival(
    string Name,
    ImmutableArray<(string Item, float Value)> Ratings,
    IReadOnlyDictionary<string, string> Features
);
