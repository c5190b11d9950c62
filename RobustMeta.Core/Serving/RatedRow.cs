namespace RobustMeta.Serving;

/// <summary>A row of a file of ratings.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="User">The user; empty where the file has no column of users.</param>
/// <param name="Item">The item.</param>
/// <param name="Rating">The rating; null where the field is empty or the file has no column of ratings.</param>
public sealed record RatedRow(long Line, string User, string Item, float? Rating);
