namespace RobustMeta.Studies.Search;

/// <summary>Another setting of a space, and the values of it without which a setting does not count.</summary>
/// <param name="Key">Key of the other setting.</param>
/// <param name="Values">The values with which it counts, as text.</param>
public sealed record SearchCondition(string Key, IReadOnlyList<string> Values);
