namespace RobustMeta.Serving;

/// <summary>The score of a user and an item of a file.</summary>
/// <param name="User">The user.</param>
/// <param name="Item">The item.</param>
/// <param name="Score">Predicted rating or logit; NaN where the model does not know the item.</param>
/// <param name="Deviation">Standard deviation of the score; null where the model has none.</param>
/// <param name="Ratings">Number of ratings that the model adapted to for this user.</param>
public sealed record ScoredRow(string User, string Item, float Score, float? Deviation, int Ratings);
