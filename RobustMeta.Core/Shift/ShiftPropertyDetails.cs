namespace RobustMeta.Shift;

/// <summary>What shift properties need beside their names.</summary>
/// <param name="Feature">The feature, as <c>feature=token</c> of items, or <c>none</c>.</param>
/// <param name="Cluster">Number of the cluster by size, 0 the largest.</param>
/// <param name="Clusters">Number of clusters, above <paramref name="Cluster"/>.</param>
/// <param name="Seed">Seed of the clusters.</param>
public sealed record ShiftPropertyDetails(string Feature, int Cluster, int Clusters, long Seed)
{
    /// <summary>No feature, and eight clusters.</summary>
    public static ShiftPropertyDetails None { get; } = new(FeatureGroup.None, 0, 8, 0);
}
