namespace RobustMeta.Models.Factors;

/// <summary>What the prior of a user's or an item's vector is informed by, beside features.</summary>
public enum PriorKind
{
    /// <summary>Nothing: the same prior for all.</summary>
    Plain,

    /// <summary>Which items the user rated, or which users rated the item, whatever the rating.</summary>
    Exposure,

    /// <summary>Exposure where it lowers the loss of held-out training users beyond chance.</summary>
    Auto,
}
