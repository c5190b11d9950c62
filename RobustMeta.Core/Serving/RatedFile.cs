using RobustMeta.Data;

namespace RobustMeta.Serving;

/// <summary>A file of ratings outside of a catalog, and what cannot be seen from it.</summary>
/// <param name="Path">The file; delimited text or Parquet, plain or <c>.gz</c>.</param>
public sealed record RatedFile(string Path)
{
    /// <summary>Column of the user, by header or position from 1; null recognises it.</summary>
    public string? User { get; init; }

    /// <summary>Column of the item, by header or position from 1; null recognises it.</summary>
    public string? Item { get; init; }

    /// <summary>Column of the rating, by header or position from 1; null recognises it.</summary>
    public string? Rating { get; init; }

    /// <summary>How the file is written; what is null is detected.</summary>
    public FileDialect Dialect { get; init; } = new();

    /// <summary>Takes a sentence on what was not recognised in the file, though it could be read; null for nobody.</summary>
    public Action<string>? Note { get; init; }
}
