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

    /// <summary>Writes rows, aside and renamed: a reader sees all of them or none.</summary>
    public static void Write(string path, IEnumerable<UserResult> rows)
    {
        var table = rows.Select(row =>
            (IEnumerable<object?>)[row.Method, row.TestSet, row.User, row.Metric, row.Value]
        );
        CsvText.Write(path, CsvText.Table(Header.Split(','), table));
    }

    /// <summary>Reads a file back; values are exactly those that were written.</summary>
    /// <exception cref="DataFormatException">The file is not such a table.</exception>
    public static IReadOnlyList<UserResult> Read(string path)
    {
        using var lines = File.ReadLines(path).GetEnumerator();
        if (!lines.MoveNext() || lines.Current != Header)
        {
            throw new DataFormatException(path, 1, 0, $"expected the header '{Header}'");
        }
        var rows = new List<UserResult>();
        for (var line = 2; lines.MoveNext(); line++)
        {
            var fields = Split(lines.Current);
            if (fields.Count != 5)
            {
                throw new DataFormatException(path, line, 0, $"expected 5 fields, found {fields.Count}");
            }
            if (!int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var testSet))
            {
                throw new DataFormatException(path, line, 2, $"expected the number of a test set, found '{fields[1]}'");
            }
            if (!double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                throw new DataFormatException(path, line, 5, $"expected a number, found '{fields[4]}'");
            }
            rows.Add(new(fields[0], testSet, fields[2], fields[3], value));
        }
        return rows;
    }

    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        fields.Add(field.ToString());
        return fields;
    }
}
