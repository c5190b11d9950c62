namespace RobustMeta.Studies;

/// <summary>One key of a study file's table.</summary>
/// <param name="Key">The key.</param>
/// <param name="Values">Its value as text: one, or those of a list.</param>
/// <param name="IsList">Whether the file gives a list.</param>
/// <param name="Line">Line of the file, from 1; 0 where it comes from elsewhere.</param>
/// <param name="IsText">Whether a value stands in quotes.</param>
internal sealed record StudyEntry(string Key, IReadOnlyList<string> Values, bool IsList, int Line, bool IsText)
{
    /// <summary>The value as spec files print it: a list joined by commas.</summary>
    public string Text => IsList && Values.Count == 0 ? "none" : string.Join(',', Values);
}
