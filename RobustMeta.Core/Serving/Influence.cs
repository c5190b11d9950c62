namespace RobustMeta.Serving;

/// <summary>What one rating did to the score of an item.</summary>
/// <param name="Item">The rated item.</param>
/// <param name="Rating">The rating.</param>
/// <param name="Change">Score with all ratings less the score without this one: positive where it raised the score.</param>
public sealed record Influence(string Item, float Rating, float Change);
