using System.Buffers;
using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Python's way of writing dictionaries, which the Amazon metadata of 2014 have in place of JSON: texts in single quotes,
/// <c>True</c>, <c>False</c>, <c>None</c>.
/// </summary>
internal static class PythonLiteral
{
    /// <summary>The same as JSON; what is neither stays as it is, for the parser of JSON to refuse.</summary>
    /// <param name="line">UTF-8.</param>
    public static byte[] ToJson(ReadOnlySpan<byte> line)
    {
        var json = new ArrayBufferWriter<byte>(line.Length + 64);
        for (var i = 0; i < line.Length; )
        {
            if (line[i] is (byte)'\'' or (byte)'"')
            {
                i = Text(line, i, json);
            }
            else if (char.IsAsciiLetter((char)line[i]))
            {
                var end = i;
                while (end < line.Length && char.IsAsciiLetter((char)line[end]))
                {
                    end++;
                }
                // u'…' is a text of Python 2.
                var isPrefix = end < line.Length && line[end] is (byte)'\'' or (byte)'"';
                json.Write(isPrefix ? [] : Word(line[i..end]));
                i = end;
            }
            else
            {
                json.Write(line.Slice(i, 1));
                i++;
            }
        }
        return json.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("True"u8) ? "true"u8
        : word.SequenceEqual("False"u8) ? "false"u8
        : word.SequenceEqual("None"u8) ? "null"u8
        : word;

    // Writes the text that starts at a quote; gives the place behind it.
    private static int Text(ReadOnlySpan<byte> line, int start, ArrayBufferWriter<byte> json)
    {
        var quote = line[start];
        json.Write("\""u8);
        for (var i = start + 1; i < line.Length; )
        {
            if (line[i] == quote)
            {
                json.Write("\""u8);
                return i + 1;
            }
            if (line[i] == '\\' && i + 1 < line.Length)
            {
                i = Escape(line, i, json);
                continue;
            }
            if (line[i] == '"' || line[i] < ' ')
            {
                Unicode(line[i], json);
            }
            else
            {
                json.Write(line.Slice(i, 1));
            }
            i++;
        }
        return line.Length;
    }

    // \n, \t, \r, \\, \", \uXXXX are JSON's too; \' and \xXX are not.
    private static int Escape(ReadOnlySpan<byte> line, int at, ArrayBufferWriter<byte> json)
    {
        switch (line[at + 1])
        {
            case (byte)'\'':
                json.Write("'"u8);
                return at + 2;
            case (byte)'x'
                when at + 4 <= line.Length
                    && byte.TryParse(
                        line.Slice(at + 2, 2),
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture,
                        out var x
                    ):
                Unicode(x, json);
                return at + 4;
            default:
                json.Write(line.Slice(at, 2));
                return at + 2;
        }
    }

    private static void Unicode(byte value, ArrayBufferWriter<byte> json) =>
        json.Write(Encoding.ASCII.GetBytes($"\\u00{value:x2}"));
}
