using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Settings;

namespace RobustMeta.Serving;

/// <summary>
/// Reads files of ratings row by row: delimited text or Parquet whose columns are recognised by their headers (user, item, rating,
/// and the names that data sets use for them). Without a header one column holds items, two items and ratings, three or more users,
/// items and ratings.
/// </summary>
public static class RatedRows
{
    /// <summary>The rows of a file, read as they are asked for.</summary>
    /// <param name="path">The file; plain or <c>.gz</c>.</param>
    /// <exception cref="DataFormatException">A line is malformed, or no column holds items.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IEnumerable<RatedRow> Read(string path) => Read(new RatedFile(path));

    /// <summary>The rows of a file, read as they are asked for.</summary>
    /// <param name="rated">The file, and how it is written.</param>
    /// <exception cref="DataFormatException">A line is malformed, or no column holds items.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IEnumerable<RatedRow> Read(RatedFile rated)
    {
        RequireFile(rated.Path);
        string[] asked = [.. new[] { rated.User, rated.Item, rated.Rating }.OfType<string>()];
        var dialect = rated.Dialect with { Place = SettingsPlace.Command };
        using var file = new RecordFile(rated.Path, dialect, asked, ReadLimits.Fixed);
        var records = file.Records;
        var places =
            file.Columns.Names.Count > 0 ? Named(file.Columns, rated) : default((int User, int Item, int Rating)?);
        if (places is { } named && Unrecognised(file.Columns, named) is { Length: > 0 } others)
        {
            rated.Note?.Invoke(
                $"{rated.Path}: no column of ratings is recognised beside {string.Join(", ", others)}, so no row has a rating. "
                    + $"If one holds ratings, add to the command: ratingColumn {others[0]}"
            );
        }
        var isEmpty = true;
        while (records.TryRead())
        {
            isEmpty = false;
            var (user, item, rating) = places ??= ByPosition(file.Columns, rated, records.Count);
            yield return new(
                records.Started,
                user < 0 ? "" : Text(records, user, "a user"),
                Text(records, item, "an item"),
                rating < 0 || IsMissing(records, rating, dialect)
                    ? null
                    : records.Single(rating, "a rating, or nothing")
            );
        }
        if (isEmpty)
        {
            rated.Note?.Invoke($"{rated.Path}: there is no row in it.");
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
        var dialect = new FileDialect { Header = true, Place = SettingsPlace.None };
        using var file = new RecordFile(path, dialect, [], ReadLimits.Fixed);
        var (records, columns) = (file.Records, file.Columns);
        var known = what == "user" ? HeaderNames.User : HeaderNames.Item;
        var key = columns.Recognise($"{what} identifiers", known, what, SettingsPlace.None);
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
            var id = Text(records, key, $"the identifier of a {what}");
            if (!rows.TryAdd(id, texts) && !SameTexts(rows[id], texts))
            {
                throw records.Error(
                    key,
                    $"one row for each {what}, and this is the second, with other values; keep one"
                );
            }
        }
        return rows;
    }

    private static bool SameTexts(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.All(pair => b[pair.Key] == pair.Value);

    /// <summary>Titles of items by identifier, from a file with a column of items and one of titles.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">A line is malformed, or there is no column of items or of titles.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyDictionary<string, string> ReadTitles(string path)
    {
        RequireFile(path);
        var dialect = new FileDialect { Header = true, Place = SettingsPlace.None };
        using var file = new RecordFile(path, dialect, [], ReadLimits.Fixed);
        var (records, columns) = (file.Records, file.Columns);
        var item = columns.Recognise("item identifiers", HeaderNames.Item, "item", SettingsPlace.None);
        var title = columns.Recognise("titles", HeaderNames.Title, "title", SettingsPlace.None);
        var titles = new Dictionary<string, string>();
        while (records.TryRead())
        {
            var id = Text(records, item, "the identifier of an item");
            if (!titles.TryAdd(id, records.Text(title)) && titles[id] != records.Text(title))
            {
                throw records.Error(item, "one title for each item, and this is the second; keep one row");
            }
        }
        return titles;
    }

    private static (int User, int Item, int Rating) Named(DelimitedColumns columns, RatedFile rated) =>
        (
            Place(columns, rated.User) ?? Optional(columns, HeaderNames.User),
            Place(columns, rated.Item)
                ?? columns.Recognise("item identifiers", HeaderNames.Item, "itemColumn", SettingsPlace.Command),
            Place(columns, rated.Rating) ?? Optional(columns, HeaderNames.Rating)
        );

    // Headers of the columns that are left where none is known to hold ratings.
    private static string[] Unrecognised(DelimitedColumns columns, (int User, int Item, int Rating) places) =>
        places.Rating >= 0
            ? []
            :
            [
                .. columns
                    .Names.Where((_, column) => column != places.User && column != places.Item)
                    .Select(name => Excerpt.Of(name)),
            ];

    private static (int User, int Item, int Rating) ByPosition(DelimitedColumns columns, RatedFile rated, int count)
    {
        var usual = count switch
        {
            1 => (-1, 0, -1),
            2 => (-1, 0, 1),
            _ => (0, 1, 2),
        };
        return rated is { User: null, Item: null, Rating: null }
            ? usual
            // A column that is not named, beside some that are, is not guessed.
            : (
                Place(columns, rated.User) ?? -1,
                Place(columns, rated.Item)
                    ?? throw new DataFormatException(
                        rated.Path,
                        0,
                        0,
                        "the file has no header, and the column of items is not named beside the others: add to the command: "
                            + "itemColumn and its position from 1"
                    ),
                Place(columns, rated.Rating) ?? -1
            );
    }

    private static int? Place(DelimitedColumns columns, string? column) => column is null ? null : columns.Find(column);

    private static int Optional(DelimitedColumns columns, IReadOnlyList<string> known) =>
        HeaderNames.Find(columns.Names, known) is { } name ? columns.Find(name) : -1;

    private static bool IsMissing(Records records, int rating, FileDialect dialect) =>
        rating < records.Count
        && (
            records.IsNull(rating)
            || records[rating].IsEmpty
            || (dialect.Missing is { Count: > 0 } missing && missing.Contains(records.Text(rating)))
        );

    private static string Text(Records records, int column, string what)
    {
        records.Token(column, what);
        return records.Text(column);
    }

    private static void RequireFile(string path)
    {
        FilledWord.Require(path, "the name of a file to read");
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}; expected the name of a file to read.", path);
        }
    }
}
