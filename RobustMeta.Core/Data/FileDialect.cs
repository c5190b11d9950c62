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

    /// <summary>Where a user can write settings of this dialect.</summary>
    internal Reading.SettingsPlace Place { get; init; }

    /// <summary>What to do where quotes are part of the text.</summary>
    internal string QuoteAdvice => Advice("quoted", "false", "quote the field and double the quotes within it");

    /// <summary>What to expect in place of a number with the other decimal mark.</summary>
    /// <param name="what">What the number is.</param>
    internal string OtherMark(string what) =>
        Decimal == ','
            ? $"{what} with a decimal comma (where points are decimal points {Advice("decimal", "\".\"", "write all numbers alike")})"
            : $"{what} (for a decimal comma {Advice("decimal", "\",\"", "write it with a decimal point")})";

    /// <summary>What to expect in place of a text that is no number.</summary>
    /// <param name="what">What the number is.</param>
    /// <param name="found">The text.</param>
    internal string NoNumber(string what, ReadOnlySpan<byte> found)
    {
        if (found.IsEmpty && Place == Reading.SettingsPlace.Catalog)
        {
            return $"{what} (where an empty field stands for a missing value, {Advice("missing", "[\"\"]", "")})";
        }
        var text = System.Text.Encoding.UTF8.GetString(found[..Math.Min(found.Length, 8)]);
        return Place != Reading.SettingsPlace.None && UsualMissing.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? $"{what} (if {text} stands for a missing value, {Advice("missing", $"[\"{text}\"]", "")})"
            : what;
    }

    /// <summary>What to do about a text that is no number, where nothing about missing values is to be said.</summary>
    /// <param name="found">The text.</param>
    internal static string NumberRemedy(ReadOnlySpan<byte> found) =>
        found.Trim((byte)' ').Length < found.Length
            ? "; take the blanks around it out"
            : "; write a finite number, or take the row out";

    /// <summary>Whether a text usually stands for a missing value.</summary>
    internal static bool IsUsualMissing(string text) =>
        text.Length == 0 || UsualMissing.Contains(text, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] UsualMissing = ["NA", "N/A", "NaN", "NULL", "None", "-", "?", "\\N"];

    /// <summary>What a message advises where a setting would help.</summary>
    /// <param name="key">The setting, by its key in a catalog and in commands.</param>
    /// <param name="value">Its value, as a catalog has it.</param>
    /// <param name="otherwise">The advice where the file has no settings: what to change in the file.</param>
    internal string Advice(string key, string value, string otherwise) =>
        Place switch
        {
            Reading.SettingsPlace.Catalog => $"set {key} = {value}",
            Reading.SettingsPlace.Command => $"add to the command: {key} {value.Trim('"', '[', ']')}",
            _ => otherwise,
        };
}
