using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>Reads times as Unix seconds. Without a given format the first time of a file decides.</summary>
/// <param name="format"><c>seconds</c>, <c>milliseconds</c>, <c>iso</c> or a pattern; null takes that of the first time.</param>
internal sealed class TimeParser(string? format)
{
    private const string Seconds = "seconds";

    /// <summary>The format of Unix times in milliseconds.</summary>
    public const string Milliseconds = "milliseconds";

    private const string Iso = "iso";

    // Seconds beyond the year 5138 are milliseconds after 1973.
    private const double LeastMilliseconds = 1e11;
    private static readonly long Earliest = new DateTimeOffset(1800, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long Latest = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>How times are written; null before the first one.</summary>
    public string? Format { get; private set; } = format;

    /// <summary>The Unix time, in seconds, of a field.</summary>
    /// <exception cref="DataFormatException">It is no time of the format, or not between 1800 and 2200.</exception>
    public long Parse(Records records, int field)
    {
        if (field >= records.Count)
        {
            throw records.Error(field, "a time");
        }
        Format ??= Guess(records[field]);
        return Format switch
        {
            Seconds => InRange(records, field, records.Number(field, "a Unix time in seconds")),
            Milliseconds => InRange(records, field, records.Number(field, "a Unix time in milliseconds") / 1000),
            _ => InRange(records, field, Date(records, field)),
        };
    }

    /// <summary>Whether a first time is one in milliseconds.</summary>
    public static bool IsMilliseconds(string first) => Guess(Encoding.UTF8.GetBytes(first)) == Milliseconds;

    /// <summary>Whether a text is a date with the year first, e.g. 2024-05-17T08:30:00, and no number.</summary>
    public static bool IsDate(string text) =>
        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        && IsYearFirst(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static string Guess(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out double x, out var used) && used == field.Length
            ? Math.Abs(x) >= LeastMilliseconds && Math.Abs(x) < 1000.0 * Latest
                ? Milliseconds
                : Seconds
            : !field.IsEmpty && field[0] is >= (byte)'0' and <= (byte)'9'
                ? Iso
                : Seconds;

    private double Date(Records records, int field)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        var text = Encoding.UTF8.GetString(records[field]);
        var isDate =
            Format == Iso
                ? IsYearFirst(text) & DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
                : DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, Utc, out time);
        return isDate
            ? time.ToUnixTimeSeconds()
            : throw records.Error(
                field,
                Format == Iso
                    ? "a date such as 2024-05-17T08:30:00 (for another order of day, month and year set timeFormat, e.g. "
                        + "timeFormat = \"dd.MM.yyyy\")"
                    : $"a date as '{Format}'"
            );
    }

    // 03.01.2020 is two dates: no order of day and month is guessed.
    private static bool IsYearFirst(string text)
    {
        var trimmed = text.AsSpan().TrimStart();
        return trimmed.Length > 4 && !trimmed[..4].ContainsAnyExceptInRange('0', '9') && !char.IsDigit(trimmed[4]);
    }

    private long InRange(Records records, int field, double seconds) =>
        seconds >= Earliest && seconds <= Latest
            ? (long)Math.Truncate(seconds)
            : throw records.Error(
                field,
                $"a time between the years 1800 and 2200 (timeFormat is {Format})"
                    + (Format == Seconds ? Remedy(Math.Abs(seconds)) : "")
            );

    private static string Remedy(double size) =>
        size switch
        {
            < LeastMilliseconds => "",
            < 1e14 => "; for milliseconds set timeFormat = \"milliseconds\"",
            _ => "; write Unix times in seconds, which have ten digits",
        };
}
