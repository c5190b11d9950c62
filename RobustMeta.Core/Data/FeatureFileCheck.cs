using System.Globalization;
using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>What a file of items or users is to the catalog: it has identifiers of the one and none of the other.</summary>
internal static class FeatureFileCheck
{
    /// <summary>The lines for the table of the ratings that the file belongs to; empty where it is no such file.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="header">Its headers.</param>
    /// <param name="rows">First rows, from which the kinds of the features are guessed.</param>
    public static string Lines(string file, IReadOnlyList<string> header, IReadOnlyList<string[]> rows)
    {
        var user = HeaderNames.Find(header, HeaderNames.User);
        var item = HeaderNames.Find(header, HeaderNames.Item);
        if ((user is null) == (item is null) || (user is not null && IsOfRatings(header, rows, user)))
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
            .Select(column => Quoted($"{column.name}:{(isLong ? "bag" : KindOf(rows, column.place))}"));
        return string.Concat(
            $"{files} = {Quoted(file)}\n",
            $"{files}Id = {Quoted(id)}\n",
            // A row a tag: what the rows of one identifier hold adds up.
            isLong ? $"{files}Repeats = \"bag\"\n" : "",
            $"{key}Features = [{string.Join(", ", features)}]\n"
        );
    }

    // Users with ratings, or more than once, beside items under a header that is not known.
    private static bool IsOfRatings(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string user) =>
        HeaderNames.Find(header, HeaderNames.Rating) is not null || Repeats(header, rows, user);

    private static bool Repeats(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string id)
    {
        var place = header.ToList().IndexOf(id);
        string[] ids = [.. rows.Where(row => place < row.Length).Select(row => row[place])];
        return ids.Distinct().Count() < ids.Length;
    }

    private static string KindOf(IReadOnlyList<string[]> rows, int place)
    {
        string[] values = [.. rows.Where(row => place < row.Length).Select(row => row[place]).Where(v => v.Length > 0)];
        return values.Length > 0
            && values.All(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                ? "number"
            : values.Any(v => v.Contains('|')) ? "bag:|"
            : "token";
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
