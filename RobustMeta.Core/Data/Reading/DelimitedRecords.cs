using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The records of a delimited file (RFC 4180 and its dialects): fields may be quoted, hold separators and line breaks,
/// and escape a quote by doubling it or by a backslash. Fields are bytes of the file, without their quotes.
/// </summary>
/// <param name="reader">Lines of the file.</param>
/// <param name="separator">What stands between two fields.</param>
/// <param name="isQuoted">Whether a quote at the start of a field opens a quoted field.</param>
/// <param name="hasBackslash">Whether a backslash escapes the next character of a quoted field.</param>
internal sealed class DelimitedRecords(ByteLineReader reader, byte[] separator, bool isQuoted, bool hasBackslash)
{
    private byte[] buffer = new byte[1 << 12];
    private int length;
    private readonly List<int> ends = [];

    /// <summary>Number of fields of the current record.</summary>
    public int Count => ends.Count;

    /// <summary>Field i of the current record; valid until the next is read.</summary>
    public ReadOnlySpan<byte> this[int i]
    {
        get
        {
            var start = i == 0 ? 0 : ends[i - 1];
            return buffer.AsSpan(start, ends[i] - start);
        }
    }

    /// <summary>Goes to the next record.</summary>
    /// <exception cref="DataFormatException">A quoted field is not closed.</exception>
    public bool TryRead()
    {
        length = 0;
        ends.Clear();
        if (!reader.TryRead(out var line))
        {
            return false;
        }
        if (!isQuoted || !line.Contains((byte)'"'))
        {
            SplitPlain(line);
            return true;
        }
        var started = reader.Number;
        while (!SplitQuoted(ref line))
        {
            Append((byte)'\n');
            if (!reader.TryRead(out line))
            {
                throw new DataFormatException(reader.Path, started, ends.Count + 1, "expected a closing quote");
            }
        }
        return true;
    }

    /// <summary>An error at a field of the current record.</summary>
    public DataFormatException Error(int field, string expected) =>
        reader.Error(
            field + 1,
            field < Count
                ? $"expected {expected}, found '{Encoding.UTF8.GetString(this[field])}'"
                : $"expected {expected}, found the end of the line after {Count} fields"
        );

    private void SplitPlain(ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = line.IndexOf(separator);
            Append(at < 0 ? line : line[..at]);
            ends.Add(length);
            if (at < 0)
            {
                return;
            }
            line = line[(at + separator.Length)..];
        }
    }

    private bool isInside;

    // False when the line ends inside a quoted field, which the next line goes on with.
    private bool SplitQuoted(ref ReadOnlySpan<byte> line)
    {
        var isStart = !isInside;
        for (var i = 0; i < line.Length; )
        {
            var c = line[i];
            if (isInside && hasBackslash && c == '\\' && i + 1 < line.Length)
            {
                Append(line[i + 1]);
                i += 2;
            }
            else if (isInside && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                Append(c);
                i += 2;
            }
            else if (c == '"' && (isInside || isStart))
            {
                isInside = !isInside;
                i++;
            }
            else if (!isInside && line[i..].StartsWith(separator))
            {
                ends.Add(length);
                i += separator.Length;
                isStart = true;
                continue;
            }
            else
            {
                Append(c);
                i++;
            }
            isStart = false;
        }
        if (isInside)
        {
            return false;
        }
        ends.Add(length);
        return true;
    }

    private void Append(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    private void Append(ReadOnlySpan<byte> values)
    {
        Reserve(values.Length);
        values.CopyTo(buffer.AsSpan(length));
        length += values.Length;
    }

    private void Reserve(int more)
    {
        if (length + more > buffer.Length)
        {
            Array.Resize(ref buffer, 2 * (length + more));
        }
    }
}
