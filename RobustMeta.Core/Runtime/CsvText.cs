using System.Globalization;
using System.Text;

namespace RobustMeta.Runtime;

/// <summary>Comma-separated text as every result file has it: invariant culture, quoted where needed, exact numbers.</summary>
public static class CsvText
{
    /// <summary>A whole table: header and rows, a line each, ended by a line feed.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="rows">Values of each row; numbers are written so that reading gives the same number back.</param>
    public static string Table(IEnumerable<string> header, IEnumerable<IEnumerable<object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder();
        AppendLine(text, header);
        foreach (var row in rows)
        {
            AppendLine(text, row);
        }
        return text.ToString();
    }

    /// <summary>Writes a file as <see cref="DurableFile"/> does: a reader finds the whole file, or the one before.</summary>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        DurableFile.Write(path, text);
    }

    /// <summary>One field, quoted where it holds a comma, a quote or a line break.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }

    private static void AppendLine(StringBuilder text, IEnumerable<object?> values) =>
        text.AppendJoin(',', values.Select(value => Quote(Print(value)))).Append('\n');

    private static string Print(object? value) =>
        value switch
        {
            null => "",
            double x => x.ToString("R", CultureInfo.InvariantCulture),
            float x => x.ToString("R", CultureInfo.InvariantCulture),
            IFormattable x => x.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
}
