using RobustMeta.Data;
using RobustMeta.Data.Reading;

namespace RobustMeta.Serving;

/// <summary>
/// Reads files of ratings row by row: delimited text whose columns are recognised by their headers (user, item, rating, and the
/// names that data sets use for them). Without a header one column holds items, two items and ratings, three or more users,
/// items and ratings.
/// </summary>
public static class RatedRows
{
    /// <summary>The rows of a file, read as they are asked for.</summary>
    /// <param name="path">The file; plain or <c>.gz</c>.</param>
    /// <exception cref="DataFormatException">A line is malformed, or no column holds items.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IEnumerable<RatedRow> Read(string path)
    {
        RequireFile(path);
        var dialect = DialectDetector.Complete(path, new(), [], ReadLimits.Default);
        using var reader = new ByteLineReader(path, ReadLimits.Default);
        var records = new DelimitedRecords(reader, dialect);
        var columns = new DelimitedColumns(records, path, dialect.Header ?? true);
        var places = columns.Names.Count > 0 ? Named(columns) : default((int User, int Item, int Rating)?);
        while (records.TryRead())
        {
            var (user, item, rating) = places ??= ByCount(records.Count);
            yield return new(
                records.Started,
                user < 0 ? "" : Text(records, user, "a user"),
                Text(records, item, "an item"),
                rating < 0 || records[rating].IsEmpty ? null : records.Single(rating, "a rating, or nothing")
            );
        }
    }

    /// <summary>Texts by identifier, such as titles of items or features of users, from a file with a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What the rows are of: <c>user</c> or <c>item</c>.</param>
    /// <returns>By identifier the texts by header.</returns>
    /// <exception cref="DataFormatException">A line is malformed, or there is no column of identifiers.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ReadTexts(string path, string what)
    {
        RequireFile(path);
        var dialect = DialectDetector.Complete(path, new() { Header = true }, [], ReadLimits.Default);
        using var reader = new ByteLineReader(path, ReadLimits.Default);
        var records = new DelimitedRecords(reader, dialect);
        var columns = new DelimitedColumns(records, path, hasHeader: true);
        var known = what == "user" ? HeaderNames.User : HeaderNames.Item;
        var key = columns.Recognise($"{what} identifiers", known, what);
        var rows = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        while (records.TryRead())
        {
            var texts = new Dictionary<string, string>();
            for (var column = 0; column < records.Count; column++)
            {
                if (column != key)
                {
                    texts[columns.Names[column]] = records.Text(column);
                }
            }
            rows[Text(records, key, $"the identifier of a {what}")] = texts;
        }
        return rows;
    }

    private static (int User, int Item, int Rating) Named(DelimitedColumns columns) =>
        (
            Optional(columns, HeaderNames.User),
            columns.Recognise("item identifiers", HeaderNames.Item, "item"),
            Optional(columns, HeaderNames.Rating)
        );

    private static int Optional(DelimitedColumns columns, IReadOnlyList<string> known) =>
        HeaderNames.Find(columns.Names, known) is { } name ? columns.Find(name) : -1;

    private static (int User, int Item, int Rating) ByCount(int count) =>
        count switch
        {
            1 => (-1, 0, -1),
            2 => (-1, 0, 1),
            _ => (0, 1, 2),
        };

    private static string Text(DelimitedRecords records, int column, string what)
    {
        records.Token(column, what);
        return records.Text(column);
    }

    private static void RequireFile(string path)
    {
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}.", path);
        }
    }
}
