using System.Globalization;
using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>What a file of items or users is to the catalog: it has identifiers of the one and none of the other.</summary>
internal static class FeatureFileCheck
{
    /// <summary>The lines for the table of the ratings that the file belongs to; empty where it is no such file.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="header">Its headers.</param>
    /// <param name="sample">First rows, which tell whether numbers have a decimal comma.</param>
    /// <param name="guessed">How many of them tell the kinds of the features.</param>
    /// <param name="encoding">How the file is encoded.</param>
    public static string Lines(
        string file,
        IReadOnlyList<string> header,
        IReadOnlyList<string[]> sample,
        int guessed,
        TextEncoding encoding
    )
    {
        string[][] rows = [.. sample.Take(guessed)];
        var user = HeaderNames.Find(header, HeaderNames.User);
        var item = HeaderNames.Find(header, HeaderNames.Item);
        if (
            rows.Length == 0
            || (user is null) == (item is null)
            || (user is not null && IsOfRatings(header, rows, user))
        )
        {
            return "";
        }
        var (files, id, key) = item is null ? ("users", user!, "user") : ("items", item, "item");
        var isLong = Repeats(header, rows, id);
        if (isLong && HeaderNames.Find(header, HeaderNames.Rating) is not null)
        {
            // Ratings by users under a header that is not known.
            return "";
        }
        var time = isLong ? HeaderNames.Find(header, HeaderNames.Time) : null;
        var features = header
            .Select((name, place) => (name, place))
            .Where(column => column.name != id && column.name != time)
            .ToList();
        string[] withComma =
        [
            .. features
                .Where(column => !isLong && DecimalComma.Of(Values(sample, column.place)) == CommaUse.Decimal)
                .Select(column => column.name),
        ];
        string Kind((string Name, int Place) column) =>
            isLong ? "bag"
            : withComma.Contains(column.Name) ? "number"
            : KindOf(Values(rows, column.Place));
        return string.Concat(
            $"{files} = {Quoted(file)}\n",
            $"{files}Id = {Quoted(id)}\n",
            // A row a tag: what the rows of one identifier hold adds up.
            isLong ? $"{files}Repeats = \"bag\"\n" : "",
            $"{key}Features = [{string.Join(", ", features.Select(column => Quoted($"{column.name}:{Kind(column)}")))}]\n",
            Dialect(files, encoding, withComma)
        );
    }

    // What is not as in most files, and what was guessed of it.
    private static string Dialect(string files, TextEncoding encoding, string[] withComma)
    {
        string[] settings =
        [
            .. withComma.Length > 0 ? ["decimal = \",\""] : Array.Empty<string>(),
            .. encoding == TextEncoding.Utf8
                ? Array.Empty<string>()
                : [$"encoding = {Quoted(encoding.ToString().ToLowerInvariant())}"],
        ];
        return settings.Length == 0 ? ""
            : withComma.Length == 0 ? $"{files}Dialect = {{ {string.Join(", ", settings)} }}\n"
            : $"{files}Dialect = {{ {string.Join(", ", settings)} }}  # 3,5 is 3.5 in {string.Join(", ", withComma)}; for a list: "
                + $"{Quoted(withComma[0] + ":bag:,")}\n";
    }

    private static string[] Values(IReadOnlyList<string[]> rows, int place) =>
        [.. rows.Where(row => place < row.Length).Select(row => row[place]).Where(value => value.Length > 0)];

    // Users with ratings, or more than once, beside items under a header that is not known.
    private static bool IsOfRatings(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string user) =>
        HeaderNames.Find(header, HeaderNames.Rating) is not null || Repeats(header, rows, user);

    private static bool Repeats(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string id)
    {
        var place = header.ToList().IndexOf(id);
        string[] ids = [.. rows.Where(row => place < row.Length).Select(row => row[place])];
        return ids.Distinct().Count() < ids.Length;
    }

    private static string KindOf(string[] values) =>
        values.Length > 0
        && values.All(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? "number"
        : values.Any(v => v.Contains('|')) ? "bag:|"
        : "token";

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
