using System.Globalization;
using System.Reflection;
using RobustMeta.Data;
using RobustMeta.Runtime;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>The epochs of a training as CSV: one row per epoch; the columns are the properties of the record, in order.</summary>
internal static class HistoryTable
{
    private static readonly PropertyInfo[] Columns = typeof(EpochRecord).GetProperties(
        BindingFlags.Public | BindingFlags.Instance
    );

    private static IEnumerable<string> Names => Columns.Select(c => char.ToLowerInvariant(c.Name[0]) + c.Name[1..]);

    /// <summary>The table's text.</summary>
    public static string Csv(IReadOnlyList<EpochRecord> history) =>
        CsvText.Table(Names, history.Select(record => Columns.Select(c => c.GetValue(record))));

    /// <summary>Reads a file back.</summary>
    /// <exception cref="DataFormatException">The file is not such a table.</exception>
    public static IReadOnlyList<EpochRecord> Read(string path)
    {
        var lines = RegularFile.Lines(path);
        var header = string.Join(',', Names);
        return lines.Length > 0 && lines[0] == header
            ? [.. lines.Skip(1).Select((line, i) => Record(path, i + 2, line))]
            : throw new DataFormatException(path, 1, 0, $"expected the header '{header}'");
    }

    // The record's constructor takes its properties in their order.
    private static EpochRecord Record(string path, int line, string text)
    {
        var cells = text.Split(',');
        if (cells.Length != Columns.Length)
        {
            throw new DataFormatException(path, line, 0, $"expected {Columns.Length} fields, found {cells.Length}");
        }
        try
        {
            var values = cells.Zip(
                Columns,
                (cell, c) => Convert.ChangeType(cell, c.PropertyType, CultureInfo.InvariantCulture)
            );
            return (EpochRecord)Activator.CreateInstance(typeof(EpochRecord), [.. values])!;
        }
        catch (FormatException)
        {
            throw new DataFormatException(path, line, 0, "expected numbers");
        }
    }
}
