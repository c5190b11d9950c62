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
}
