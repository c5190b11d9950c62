namespace RobustMeta.Data;

/// <summary>A small data set of a format, and what its ratings are.</summary>
/// <param name="Files">Name and text of each file; the first holds the ratings.</param>
/// <param name="Rows">User, item and rating of each row.</param>
/// <param name="HeaderLines">Lines at the start of the first file that are no ratings.</param>
/// <param name="UsersAreLines">Whether users are named by the line they stand on, so that the order of lines matters.</param>
public sealed record ReaderExample(
    IReadOnlyList<(string File, string Text)> Files,
    IReadOnlyList<(string User, string Item, float Value)> Rows,
    int HeaderLines = 0,
    bool UsersAreLines = false
)
{
    /// <summary>The catalog's <c>columns</c> that the example needs, or null.</summary>
    public DelimitedSpec? Columns { get; init; }

    /// <summary>Writes the example into a folder, for a format that is no text; else null.</summary>
    public Action<string>? Write { get; init; }

    /// <summary>The catalog's <c>options</c> that the example needs.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
