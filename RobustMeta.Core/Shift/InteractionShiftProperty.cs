namespace RobustMeta.Shift;

/// <summary>The property of interactions along which query sets are shifted.</summary>
public enum InteractionShiftProperty
{
    /// <summary>No shift of interactions.</summary>
    None,

    /// <summary>Rarity of the item: minus its log popularity.</summary>
    Tail,

    /// <summary>Time of the rating (refused where times are unknown).</summary>
    Recency,

    /// <summary>The rating itself.</summary>
    Rating,

    /// <summary>Whether the item has the feature token (<see cref="TiltedDraw.ShiftFeature"/>), e.g. a genre.</summary>
    Feature,

    /// <summary>Whether the item is of the cluster of items that the same users rated (<see cref="TiltedDraw.ShiftCluster"/>).</summary>
    Cluster,

    /// <summary>Loss of the item effect of the bias model, which other training users give.</summary>
    Hardness,
}
