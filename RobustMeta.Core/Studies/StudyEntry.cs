using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>One key of a study file's table.</summary>
/// <param name="Key">The key.</param>
/// <param name="Values">Its value as text: one, or those of a list.</param>
/// <param name="IsList">Whether the file gives a list.</param>
/// <param name="Place">Where the key stands in the file.</param>
/// <param name="TextPlace">Where the first of its values in quotes stands; null: none does.</param>
internal sealed record StudyEntry(
    string Key,
    IReadOnlyList<string> Values,
    bool IsList,
    TomlPlace Place,
    TomlPlace? TextPlace
)
{
    /// <summary>The value as spec files print it: a list joined by commas.</summary>
    public string Text => IsList && Values.Count == 0 ? "none" : string.Join(',', Values);
}
