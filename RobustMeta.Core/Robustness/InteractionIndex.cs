namespace RobustMeta.Robustness;

/// <summary>Which interactions share a weight.</summary>
public enum InteractionIndex
{
    /// <summary>None: each pair of user and item has a weight.</summary>
    Pair,

    /// <summary>Those with the same item; a user's weights are scaled to mean one.</summary>
    Item,
}
