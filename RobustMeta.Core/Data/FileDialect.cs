namespace RobustMeta.Data;

/// <summary>How a delimited text file is written. What is null is detected from the first lines of each file.</summary>
public sealed record FileDialect
{
    /// <summary>What stands between two fields, e.g. <c>,</c> or <c>::</c> or <c>\t</c> for a tab; null detects it.</summary>
    public string? Separator { get; init; }

    /// <summary>Whether the first line names the columns; null detects it.</summary>
    public bool? Header { get; init; }

    /// <summary>Whether fields may be quoted by double quotes; null means that they may.</summary>
    public bool? Quoted { get; init; }

    /// <summary>Whether a backslash escapes the next character within quotes.</summary>
    public bool Backslash { get; init; }

    /// <summary>Whether quoted fields may hold line breaks that look like the end of a record.</summary>
    public bool LineBreaks { get; init; }

    /// <summary>Encoding of the text.</summary>
    public TextEncoding Encoding { get; init; } = TextEncoding.Utf8;

    /// <summary>
    /// Texts that stand for a missing value: the feature is unknown, the rating is not given. An empty field is always a
    /// missing feature. Null: <c>NULL</c>, in features only.
    /// </summary>
    public IReadOnlyList<string>? Missing { get; init; }

    /// <summary>What stands before the fraction of a number: <c>.</c> or <c>,</c>.</summary>
    public char Decimal { get; init; } = '.';
}
