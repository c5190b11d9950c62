namespace RobustMeta.Studies;

/// <summary>Settings of a run that one table of the study gives; later layers win.</summary>
/// <param name="Table">Name of the table, for messages.</param>
/// <param name="Settings">Keys and values, as text.</param>
/// <param name="IsGeneral">Whether methods that lack one of the settings run without it.</param>
internal sealed record RunLayer(string Table, IReadOnlyList<(string Key, string Value)> Settings, bool IsGeneral);
