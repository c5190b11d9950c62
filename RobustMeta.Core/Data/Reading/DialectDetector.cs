using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>Finds out how a delimited file is written, from its first lines.</summary>
internal static class DialectDetector
{
    private const int Sampled = 50;

    // Below so many lines, digits in a column say nothing about the first one.
    private const int LeastRows = 3;

    // Lines of a usual length are sampled whole. Of longer ones the beginning tells the separator, and few are enough.
    private const int SampledOfLine = 1 << 18;
    private const int SampledInAll = 1 << 20;

    /// <summary>What usually stands between two fields.</summary>
    public static IReadOnlyList<string> Separators { get; } = ["\t", "::", ";", ",", "|", " "];

    /// <summary>A dialect with separator and header known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dialect">What is known.</param>
    /// <param name="columns">Columns that will be asked for, by header or position.</param>
    /// <param name="limits">What the file may hold.</param>
    public static FileDialect Complete(string path, FileDialect dialect, IEnumerable<string> columns, ReadLimits limits)
    {
        var known = dialect with { Separator = dialect.Separator?.Replace("\\t", "\t") };
        if (known is { Separator: not null, Header: not null })
        {
            return known;
        }
        var lines = Head(path, known, limits);
        RequireFirstLine(path, lines);
        var named = columns.Where(column => !IsPosition(column)).ToList();
        known = known with { Separator = known.Separator ?? Separator(lines, named) };
        return known with { Header = known.Header ?? (named.Count > 0 || HasHeader(lines, known.Separator!)) };
    }

    /// <summary>Whether a column is given by its position.</summary>
    public static bool IsPosition(string column) =>
        int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0;

    /// <summary>The encoding that turns a file of a dialect into UTF-8; null where it needs none.</summary>
    public static Encoding? Source(FileDialect dialect) =>
        dialect.Encoding switch
        {
            TextEncoding.Latin1 => Encoding.Latin1,
            TextEncoding.Utf16 => new UnicodeEncoding(false, true, true),
            _ => null,
        };

    /// <summary>The first lines of a file.</summary>
    public static List<string> Head(string path, FileDialect dialect, ReadLimits limits)
    {
        using var reader = new ByteLineReader(path, limits, Source(dialect));
        var lines = new List<string>();
        var length = 0;
        while (lines.Count < Sampled && length < SampledInAll && reader.TryRead(out var line))
        {
            lines.Add(Encoding.UTF8.GetString(line[..Math.Min(line.Length, SampledOfLine)]));
            length += line.Length;
        }
        return lines;
    }

    // Lines that other programs put before the table would be taken for its header.
    private static void RequireFirstLine(string path, List<string> lines)
    {
        if (lines.Skip(1).All(string.IsNullOrWhiteSpace))
        {
            return;
        }
        var first = lines[0].Trim();
        var separator = Separator(lines.GetRange(1, lines.Count - 1), []);
        var isComment =
            first.StartsWith('#')
            && Fields(lines[1], separator).Length is > 1 and var width
            && Fields(first, separator).Length != width;
        var found =
            first.Length == 0 ? "an empty line"
            : first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
                ? $"'{Excerpt.Of(first)}', which spreadsheets write"
            : isComment ? $"the comment '{Excerpt.Of(first)}'"
            : null;
        if (found is not null)
        {
            throw new DataFormatException(
                path,
                1,
                0,
                $"expected the names of the columns or the first rating, found {found}; take the line out"
            );
        }
    }

    // The separator under which the most lines have as many fields as the first one, more than one; a header that then
    // holds a wanted column decides before that.
    private static string Separator(List<string> lines, List<string> named)
    {
        if (lines.Count == 0)
        {
            return ",";
        }
        var best = Separators
            .Select(separator =>
            {
                var header = Array.ConvertAll(Fields(lines[0], separator), name => name.Trim());
                return (
                    Separator: separator,
                    Named: named.Count(header.Contains),
                    Known: header.Count(HeaderNames.IsKnown),
                    Equal: header.Length < 2 ? 0 : lines.Count(line => Fields(line, separator).Length == header.Length)
                );
            })
            .OrderByDescending(found => found.Named)
            .ThenByDescending(found => found.Known > 1 ? found.Known : 0)
            .ThenByDescending(found => found.Equal)
            .First();
        return best.Equal > 0 || best.Named > 0 ? best.Separator : ",";
    }

    // A first line that names a known column, that has a text where the next lines have numbers, or a word without digits
    // where they have digits, as in numbered identifiers.
    private static bool HasHeader(List<string> lines, string separator)
    {
        if (lines.Count == 0)
        {
            return false;
        }
        var first = Fields(lines[0], separator);
        if (first.Any(HeaderNames.IsKnown))
        {
            return true;
        }
        var others = lines.Skip(1).Select(line => Fields(line, separator)).ToList();
        return others.Count > 0
            && Enumerable
                .Range(0, first.Length)
                .Where(c => c == 0 || !IsMissing(first[c]))
                .Any(c =>
                    (
                        !IsNumber(first[c])
                        && others.All(row => c < row.Length && (IsNumber(row[c]) || IsMissing(row[c])))
                        && others.Any(row => IsNumber(row[c]))
                    )
                    || (
                        others.Count >= LeastRows
                        && !first[c].Any(char.IsDigit)
                        && others.All(row => c < row.Length && row[c].Any(char.IsDigit))
                    )
                );
    }

    // A missing value names no column; an index without a name may stand in the first one.
    private static bool IsMissing(string field) => FileDialect.IsUsualMissing(field.Trim());

    // With a decimal point or comma.
    private static bool IsNumber(string field) =>
        double.TryParse(field.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    // Enough for counting: separators within quotes do not count.
    private static string[] Fields(string line, string separator)
    {
        var parts = line.Split(separator);
        if (!line.Contains('"'))
        {
            return parts;
        }
        var fields = new List<string>();
        var open = "";
        foreach (var part in parts)
        {
            open = open.Length == 0 ? part : open + separator + part;
            if (open.Count(c => c == '"') % 2 == 0)
            {
                fields.Add(open.Trim().Trim('"'));
                open = "";
            }
        }
        if (open.Length > 0)
        {
            fields.Add(open);
        }
        return [.. fields];
    }
}
