namespace RobustMeta.Serving;

/// <summary>An item that a user may like.</summary>
/// <param name="Item">Identifier of the item.</param>
/// <param name="Score">Predicted rating, or logit of a click.</param>
/// <param name="Deviation">Standard deviation of the score; null where the model has none.</param>
public sealed record Recommendation(string Item, float Score, float? Deviation);
