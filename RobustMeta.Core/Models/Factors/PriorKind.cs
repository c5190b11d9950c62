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

    /// <summary>
    /// Exposure, weighed for each user against a model that does not look at it: by how well each predicts the halves of the support
    /// from each other, and by odds that are minimax between exposure as in training and exposure that has nothing to do with the user;
    /// not at all where held-out training users gain nothing from it. Asked for in the users' prior. See <see cref="SafePmf"/>.
    /// </summary>
    Safe,
}
