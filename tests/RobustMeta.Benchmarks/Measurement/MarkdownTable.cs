namespace RobustMeta.Benchmarks.Measurement;

/// <summary>Tables as text.</summary>
internal static class MarkdownTable
{
    /// <summary>A table with aligned columns: text first, then numbers.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="rows">Cells.</param>
    /// <param name="text">Number of columns that are text.</param>
    public static string Of(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, int text = 1)
    {
        var widths = header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Append(3).Max()).ToArray();
        var rule = widths.Select((w, i) => i < text ? new string('-', w) : new string('-', w - 1) + ":").ToArray();
        return string.Concat(new[] { header, rule }.Concat(rows).Select(Line));

        string Line(IReadOnlyList<string> cells) =>
            $"| {string.Join(" | ", cells.Select((c, i) => i < text ? c.PadRight(widths[i]) : c.PadLeft(widths[i])))} |\n";
    }
}
