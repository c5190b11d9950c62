using System.Globalization;
using RobustMeta.Data.Reading;
using RobustMeta.Runtime;

namespace RobustMeta.Data;

/// <summary>One row of a delimited file as texts. Errors name file, line and column.</summary>
public sealed class TextRow
{
    private readonly string path;
    private readonly string[] fields;

    private TextRow(string path, long line, string[] fields)
    {
        this.path = path;
        this.fields = fields;
        Line = line;
    }

    /// <summary>Line on which the row starts, from 1.</summary>
    public long Line { get; }

    /// <summary>Number of fields.</summary>
    public int Count => fields.Length;

    /// <summary>The text of a column, from 1; empty where it is missing.</summary>
    public string Field(int column) => column <= Count ? fields[column - 1] : "";

    /// <summary>The text of a column, from 1; it must not be empty.</summary>
    /// <param name="column">Column, from 1.</param>
    /// <param name="what">What it should hold, for the error.</param>
    public string Text(int column, string what) =>
        column <= Count && fields[column - 1].Length > 0 ? fields[column - 1] : throw Error(column, what);

    /// <summary>The finite number of a column, from 1.</summary>
    /// <param name="column">Column, from 1.</param>
    /// <param name="what">What it should hold, for the error.</param>
    public float Number(int column, string what) =>
        column <= Count
        && float.TryParse(fields[column - 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && float.IsFinite(value)
            ? value
            : throw Error(column, what);

    /// <summary>An error at a column of this row.</summary>
    /// <param name="column">Column, from 1.</param>
    /// <param name="expected">What was expected there.</param>
    public DataFormatException Error(int column, string expected) =>
        new(
            path,
            Line,
            column,
            column <= Count
                ? $"expected {expected}, found '{Excerpt.Of(fields[column - 1])}'"
                : $"expected {expected}, found the end of the line after {Counted.Of(Count, "field", "fields")}"
        );

    internal static IEnumerable<TextRow> Of(string path, FileDialect dialect, ReadLimits limits)
    {
        var complete = DialectDetector.Complete(path, dialect, [], limits);
        using var reader = new ByteLineReader(path, limits, DialectDetector.Source(complete));
        var records = new DelimitedRecords(reader, complete);
        if (complete.Header == true)
        {
            records.TryRead();
        }
        while (records.TryRead())
        {
            var fields = new string[records.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = records.Text(i);
            }
            yield return new(path, records.Started, fields);
        }
    }
}
