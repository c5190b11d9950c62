using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>What a record with too few fields may be divided by.</summary>
internal static class SeparatorHint
{
    /// <summary>
    /// The end of a message where another usual separator stands often enough in a record to divide the fields that it lacks; else empty.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="separator">What it was divided by.</param>
    /// <param name="lacking">Number of fields that it lacks.</param>
    public static string Of(Records record, string separator, int lacking)
    {
        foreach (var other in DialectDetector.Separators.Where(other => other != " " && other != separator))
        {
            var bytes = Encoding.UTF8.GetBytes(other);
            if (Enumerable.Range(0, record.Count).Sum(field => Occurrences(record[field], bytes)) >= lacking)
            {
                return $"; the line has {Quoted(other)} in it, and fields are separated by {Quoted(separator)}";
            }
        }
        return "";

        static string Quoted(string separator) => separator == "\t" ? "tabs" : $"'{separator}'";
    }

    /// <summary>How often some bytes stand in a line, without overlap.</summary>
    public static int Occurrences(ReadOnlySpan<byte> line, byte[] wanted)
    {
        var count = 0;
        for (var at = line.IndexOf(wanted); at >= 0; at = line.IndexOf(wanted))
        {
            count++;
            line = line[(at + wanted.Length)..];
        }
        return count;
    }
}
