namespace RobustMeta.Data;

/// <summary>Ratings with what the catalog knows about them.</summary>
/// <param name="Ratings">The ratings.</param>
/// <param name="LabelThreshold">Smallest rating that usually counts as relevant.</param>
/// <param name="UserFeatures">User features that models should see by default.</param>
/// <param name="ItemFeatures">Item features that models should see by default.</param>
public sealed record Dataset(
    Ratings Ratings,
    double LabelThreshold,
    IReadOnlyList<string> UserFeatures,
    IReadOnlyList<string> ItemFeatures
);
