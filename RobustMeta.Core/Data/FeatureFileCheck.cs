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
        var features = header.Select((name, place) => (name, place)).Where(column => column.name != id);
        return string.Concat(
            $"{files} = {Quoted(file)}\n",
            $"{files}Id = {Quoted(id)}\n",
            $"{key}Features = [{string.Join(", ", features.Select(f => Quoted($"{f.name}:{KindOf(rows, f.place)}")))}]\n"
        );
    }

    // Users with ratings, or more than once, beside items under a header that is not known.
    private static bool IsOfRatings(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string user)
    {
        var place = header.ToList().IndexOf(user);
        string[] users = [.. rows.Where(row => place < row.Length).Select(row => row[place])];
        return HeaderNames.Find(header, HeaderNames.Rating) is not null || users.Distinct().Count() < users.Length;
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
