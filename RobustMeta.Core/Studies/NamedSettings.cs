namespace RobustMeta.Studies;

/// <summary>A data set, a shift or a base model of a study: a name with the settings that it stands for.</summary>
/// <param name="Name">Name in tables and results; empty for an axis that the study does not have.</param>
/// <param name="Settings">Keys and values, as text.</param>
public sealed record NamedSettings(string Name, params IReadOnlyList<(string Key, string Value)> Settings)
{
    /// <summary>The value of an axis that the study does not name.</summary>
    public static NamedSettings Unnamed { get; } = new("");

    /// <summary>Seeds that are reported of it instead of the study's; null: the study's.</summary>
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <summary>Names of the methods that are run on this data set or shift, or with this base model; null: all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }
}
