using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace RobustMeta.Data.Reading;

/// <summary>Text of a file as it is shown in a message: short, on one line, and without control characters.</summary>
internal static class Excerpt
{
    private const int Longest = 60;

    /// <summary>At most 60 characters of some bytes; a longer text ends with its size.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var isCut = bytes.Length > 4 * Longest;
        var text = Of(Decode(isCut ? bytes[..(4 * Longest)] : bytes));
        return isCut && !text.Contains('…')
            ? string.Create(CultureInfo.InvariantCulture, $"{text}… ({bytes.Length:N0} bytes)")
            : text.Replace("…", string.Create(CultureInfo.InvariantCulture, $"… ({bytes.Length:N0} bytes)"));
    }

    // Bytes that are not UTF-8 are shown as ISO-8859-1: the reader of the message recognises them.
    private static string Decode(ReadOnlySpan<byte> bytes) =>
        (Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);

    /// <summary>At most about 60 characters of a text; a control character that is repeated is shown once, with its number.</summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder();
        var at = 0;
        while (at < text.Length && shown.Length < Longest)
        {
            var c = text[at];
            var run = char.IsControl(c) ? text.AsSpan(at).IndexOfAnyExcept(c) : 1;
            run = run < 0 ? text.Length - at : run;
            shown.Append(char.IsControl(c) ? $"\\u{(int)c:x4}" : c);
            shown.Append(run > 1 ? $"×{run}" : "");
            at += run;
        }
        return at < text.Length ? shown.Append('…').ToString() : shown.ToString();
    }
}
