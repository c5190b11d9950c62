using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>What the two MovieLens releases share.</summary>
internal static class MovieLens
{
    // The seven classes of MovieLens-1M, which MovieLens-100K's ages in years are put into.
    private static readonly int[] AgeClasses = [1, 18, 25, 35, 45, 50, 56];

    /// <summary>The lower end of the age class of an age in years.</summary>
    public static string AgeClass(long years) =>
        AgeClasses.Last(low => low <= Math.Max(1, years)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The year at the end of a title, <c>Toy Story (1995)</c>, or nothing.</summary>
    public static string Year(string title)
    {
        var open = title.LastIndexOf('(');
        return open >= 0 && title.Length >= open + 5 && title.AsSpan(open + 1, 4).IndexOfAnyExceptInRange('0', '9') < 0
            ? title.Substring(open + 1, 4)
            : "";
    }

    /// <summary>The text of a field; the files are ISO-8859-1.</summary>
    public static string Text(ReadOnlySpan<byte> field) => Encoding.Latin1.GetString(field);

    /// <summary>Reads <c>user, item, rating, time</c> rows.</summary>
    public static RatingsBuilder ReadRatings(ReaderSource source, string file, ReadOnlySpan<byte> separator)
    {
        var builder = new RatingsBuilder(source.Entry.Duplicates, Encoding.Latin1, source.Limits);
        using var reader = source.Lines(file);
        while (reader.TryRead(out var line))
        {
            var fields = new Fields(reader, line, separator);
            var user = fields.NextToken("a user id");
            var item = fields.NextToken("an item id");
            var value = fields.NextNumber("a rating");
            var time = fields.NextInteger("a Unix time");
            fields.RequireEnd();
            builder.Add(user, item, value, time, reader);
        }
        return builder;
    }
}
