using System.Globalization;
using System.Text;
using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>The table of <c>catalog.toml</c> that <see cref="FileCheck"/> proposes for a file of ratings.</summary>
internal static class ProposedTable
{
    /// <summary>The table.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="spec">How its file of ratings is read.</param>
    /// <param name="ratings">What was read.</param>
    public static string Of(string name, DelimitedSpec spec, Ratings ratings)
    {
        var (least, most) = (ratings.Values.Min(), ratings.Values.Max());
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"[{name}]");
        var isParquet = DataFile.IsParquet(spec.Ratings);
        Line($"format = {Quoted(isParquet ? "parquet" : "delimited")}");
        if (least == most)
        {
            Line($"feedback = \"positives\"");
        }
        else
        {
            // Three quarters up the scale: 4 of 1 to 5, 8 of 1 to 10.
            var threshold = least + 0.75 * (most - least);
            Line($"labelThreshold = {(most > 2 ? Math.Ceiling(threshold) : threshold)}");
        }
        Line($"[{name}.columns]");
        Line($"ratings = {Quoted(spec.Ratings)}");
        foreach (
            var (key, column) in new[]
            {
                ("user", spec.User),
                ("item", spec.Item),
                ("rating", spec.Rating),
                ("time", spec.Time),
            }
        )
        {
            if (column is not null)
            {
                var isPosition = spec.Dialect.Header == false;
                Line($"{key} = {(isPosition ? column : Quoted(column))}");
            }
        }
        if (spec.TimeFormat is { } format)
        {
            Line($"timeFormat = {Quoted(format)}");
        }
        if (isParquet)
        {
            return text.ToString();
        }
        Line($"separator = {Quoted(spec.Dialect.Separator!)}");
        Line($"header = {(spec.Dialect.Header == true ? "true" : "false")}");
        if (spec.Dialect.Decimal != '.')
        {
            Line($"decimal = {Quoted(spec.Dialect.Decimal.ToString())}");
        }
        if (spec.Dialect.Missing is { } missing)
        {
            Line($"missing = [{string.Join(", ", missing.Select(Quoted))}]");
        }
        if (spec.Dialect.Encoding != TextEncoding.Utf8)
        {
            Line($"encoding = {Quoted(spec.Dialect.Encoding.ToString().ToLowerInvariant())}");
        }
        return text.ToString();
    }

    /// <summary>A text as TOML writes it, on one line.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(
                c switch
                {
                    '\\' or '"' => $"\\{c}",
                    '\t' => "\\t",
                    _ when char.IsControl(c) => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }
        return quoted.Append('"').ToString();
    }
}
