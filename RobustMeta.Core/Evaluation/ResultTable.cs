using System.Globalization;
using System.Text;
using RobustMeta.Data;
using RobustMeta.Runtime;

namespace RobustMeta.Evaluation;

/// <summary>The primary result as a CSV file: one row per (method, test set, user, metric).</summary>
public static class ResultTable
{
    /// <summary>The first line.</summary>
    public const string Header = "method,testset,user,metric,value";

    /// <summary>Writes rows, aside and renamed: the file holds all of them or none.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, which no mean or test could be taken of.</exception>
    public static void Write(string path, IReadOnlyCollection<UserResult> rows)
    {
        if (rows.FirstOrDefault(row => !double.IsFinite(row.Value)) is { } wrong)
        {
            throw new InvalidDataException(
                $"{wrong.Metric} of {wrong.Method} for user '{wrong.User}' on test set {wrong.TestSet} is {wrong.Value}: the method "
                    + "gave scores that are not finite. Nothing was written."
            );
        }
        var table = rows.Select(row =>
            (IEnumerable<object?>)[row.Method, row.TestSet, row.User, row.Metric, row.Value]
        );
        CsvText.Write(path, CsvText.Table(Header.Split(','), table));
    }

    /// <summary>Reads a file back; values are exactly those that were written.</summary>
    /// <exception cref="DataFormatException">The file is not such a table.</exception>
    public static IReadOnlyList<UserResult> Read(string path) => [.. Stream(path)];

    /// <summary>The rows of a file one after the other, for tables that need not stand in memory as a whole.</summary>
    /// <exception cref="DataFormatException">The file is not such a table; thrown when the fault is come to.</exception>
    public static IEnumerable<UserResult> Stream(string path)
    {
        using var text = new StreamReader(RegularFile.Open(path));
        var records = Records(path, text).GetEnumerator();
        if (!records.MoveNext() || string.Join(',', records.Current.Fields) != Header)
        {
            throw new DataFormatException(path, 1, 0, $"expected the header '{Header}'");
        }
        while (records.MoveNext())
        {
            var (line, fields) = records.Current;
            if (fields.Count != 5)
            {
                throw new DataFormatException(path, line, 0, $"expected 5 fields, found {fields.Count}");
            }
            if (!int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var testSet))
            {
                throw new DataFormatException(path, line, 2, $"expected the number of a test set, found '{fields[1]}'");
            }
            if (
                !double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || !double.IsFinite(value)
            )
            {
                throw new DataFormatException(path, line, 5, $"expected a number that is finite, found '{fields[4]}'");
            }
            yield return new(fields[0], testSet, fields[2], fields[3], value);
        }
    }

    /// <summary>
    /// Records of a file of comma-separated values. A quoted field may hold line breaks, so records are not lines; each comes
    /// with the line that it starts on.
    /// </summary>
    internal static IEnumerable<(int Line, List<string> Fields)> Records(string path, TextReader text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var start = 1;
        var line = 1;
        for (var next = text.Read(); next >= 0; next = text.Read())
        {
            var c = (char)next;
            line += c == '\n' ? 1 : 0;
            if (quoted && c == '"' && text.Peek() == '"')
            {
                field.Append('"');
                text.Read();
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (quoted || c is not (',' or '\n'))
            {
                field.Append(c);
            }
            else
            {
                fields.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    yield return (start, fields);
                    fields = [];
                    start = line;
                }
            }
        }
        if (quoted || fields.Count > 0 || field.Length > 0)
        {
            throw new DataFormatException(path, start, 0, "the record has no end: the file is cut short");
        }
    }
}
