namespace RobustMeta.Benchmarks.Measurement;

/// <summary>Tables as text.</summary>
internal static class MarkdownTable
{
    /// <summary>A table with aligned columns; the first is text, the others are numbers.</summary>
    public static string Of(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Append(3).Max()).ToArray();
        var rule = widths.Select((w, i) => i == 0 ? new string('-', w) : new string('-', w - 1) + ":").ToArray();
        return string.Concat(new[] { header, rule }.Concat(rows).Select(Line));

        string Line(IReadOnlyList<string> cells) =>
            $"| {string.Join(" | ", cells.Select((c, i) => i == 0 ? c.PadRight(widths[i]) : c.PadLeft(widths[i])))} |\n";
    }
}
