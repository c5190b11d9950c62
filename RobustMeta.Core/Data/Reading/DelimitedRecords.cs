using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The records of a delimited file (RFC 4180 and its dialects): fields may be quoted, hold separators and line breaks,
/// and escape a quote by doubling it or by a backslash. Fields are bytes of the file, without their quotes. Every record
/// has as many fields as the first.
/// </summary>
/// <param name="reader">Lines of the file.</param>
/// <param name="dialect">How it is written; separator known.</param>
/// <param name="fields">Number of fields of every record; 0 takes that of the first one read.</param>
internal sealed class DelimitedRecords(ByteLineReader reader, FileDialect dialect, int fields = 0) : Records
{
    private readonly byte[] separator = Encoding.UTF8.GetBytes(
        dialect.Separator ?? throw new ArgumentException("The separator must be known.", nameof(dialect))
    );
    private readonly bool isQuoted = dialect.Quoted ?? true;

    // Fields without their quotes, of a record that has quotes; a record without is read where the reader has it.
    private byte[] buffer = new byte[1 << 12];
    private int length;

    // Where the fields of the current record are.
    private byte[] source = [];
    private int[] starts = new int[1 << 5];
    private int[] ends = new int[1 << 5];
    private int fieldStart;
    private int width = fields;
    private bool isInside;
    private int count;
    private long started;

    public override int Count => count;
    public override long Started => started;
    public override IReadPosition Position => reader;

    public override ReadOnlySpan<byte> this[int field] =>
        field < count
            ? source.AsSpan(starts[field], ends[field] - starts[field])
            : throw new ArgumentOutOfRangeException(nameof(field));

    public override bool IsNull(int field) => false;

    public override IReadOnlyList<string>? List(int field) => null;

    /// <summary>Goes to the next record; empty lines at the end of the file are none.</summary>
    /// <exception cref="DataFormatException">A quote is not closed, or the number of fields is another.</exception>
    public override bool TryRead()
    {
        if (!TrySplit())
        {
            return false;
        }
        reader.RequireColumns(Count);
        if (width > 1 && Count == 1 && this[0].IsEmpty)
        {
            RequireOnlyEmptyLines();
            return false;
        }
        if (width == 0)
        {
            width = Count;
        }
        else if (Count != width)
        {
            throw WrongCount();
        }
        return true;
    }

    public override DataFormatException Error(int field, string expected) => Error(field, expected, "");

    private DataFormatException Error(int field, string expected, string remedy) =>
        new(
            reader.Path,
            Started,
            field + 1,
            (
                field < Count
                    ? $"expected {expected}, found '{Excerpt.Of(this[field])}'"
                    : $"expected {expected}, found the end of the line after {Fields(Count)}"
            ) + remedy
        );

    private static string Fields(int count) => Counted.Of(count, "field", "fields");

    /// <summary>The text of a field.</summary>
    /// <exception cref="DataFormatException">It is not UTF-8, or holds a byte-order mark.</exception>
    public override string Text(int field)
    {
        RequireText(field);
        return Encoding.UTF8.GetString(this[field]);
    }

    public override ReadOnlySpan<byte> Token(int field, string what)
    {
        if (field >= Count || this[field].IsEmpty)
        {
            throw Error(field, what, field < Count ? "; fill it in, or take the row out" : "");
        }
        RequireText(field);
        return this[field];
    }

    public override double Number(int field, string what)
    {
        if (field < Count)
        {
            var bytes = this[field];
            if (dialect.Decimal == ',' && bytes.IndexOfAny((byte)',', (byte)'.') is >= 0 and var at)
            {
                source[starts[field] + at] = bytes[at] == ',' ? (byte)'.' : throw Error(field, dialect.OtherMark(what));
            }
            if (PlainNumber.TryParse(bytes, out var plain))
            {
                return plain;
            }
            if (Utf8Parser.TryParse(bytes, out double x, out var used) && used == bytes.Length && double.IsFinite(x))
            {
                return x;
            }
            if (dialect.Decimal == '.' && bytes.IndexOf((byte)',') >= 0)
            {
                throw Error(field, dialect.OtherMark(what));
            }
        }
        var expected = field < Count ? dialect.NoNumber(what, this[field]) : what;
        var isAdvised = field >= Count || expected != what;
        throw Error(field, expected, isAdvised ? "" : FileDialect.NumberRemedy(this[field]));
    }

    private void RequireText(int field)
    {
        var bytes = this[field];
        if (Ascii.IsValid(bytes))
        {
            return;
        }
        if (!Utf8.IsValid(bytes))
        {
            var at = InvalidUtf8.First(bytes);
            throw new DataFormatException(
                reader.Path,
                Started,
                field + 1,
                $"expected UTF-8, found the byte 0x{bytes[at]:X2} as byte {at + 1} of the field '{Excerpt.Of(bytes)}'; "
                    + "if the file is ISO-8859-1, "
                    + dialect.Advice("encoding", "\"latin1\"", "save it as UTF-8")
            );
        }
        if (bytes.Length > 2 && bytes.IndexOf("\uFEFF"u8) >= 0)
        {
            throw Error(field, "text (a byte-order mark within a file comes from files put one after another)");
        }
    }

    private DataFormatException WrongCount()
    {
        var hint =
            Count > width && separator is [(byte)','] && dialect.Decimal == '.'
                ? " (an unquoted comma in a text or number?)"
                : "";
        return Count < width
            ? Error(
                Count,
                $"{Fields(width)} as in the first line",
                SeparatorHint.Of(this, dialect.Separator!, width - Count)
            )
            : new(
                reader.Path,
                Started,
                width + 1,
                $"expected {Fields(width)} as in the first line, found {Count}{hint}; the first surplus one is "
                    + $"'{Excerpt.Of(this[width])}'"
            );
    }

    private void RequireOnlyEmptyLines()
    {
        var empty = Started;
        while (reader.TryRead(out var line))
        {
            if (!line.IsEmpty)
            {
                throw new DataFormatException(
                    reader.Path,
                    empty,
                    1,
                    $"expected {Fields(width)} as in the first line, found an empty line"
                );
            }
        }
    }

    private bool TrySplit()
    {
        (length, fieldStart, count) = (0, 0, 0);
        if (!reader.TryRead(out var line))
        {
            return false;
        }
        started = reader.Number;
        if (!isQuoted || !line.Contains((byte)'"'))
        {
            SplitPlain(line);
            return true;
        }
        source = buffer;
        var looksLikeRecords = true;
        while (!SplitQuoted(line))
        {
            Append((byte)'\n');
            if (!reader.TryRead(out line))
            {
                throw new DataFormatException(
                    reader.Path,
                    Started,
                    Count + 1,
                    $"expected a closing quote, found the end of the file; close it or, where quotes are part of the text, {dialect.QuoteAdvice}"
                );
            }
            reader.RequireField(Count + 1, length - fieldStart);
            looksLikeRecords &= width > 2 && SeparatorHint.Occurrences(line, separator) == width - 1;
        }
        if (reader.Number > Started && looksLikeRecords && !dialect.LineBreaks)
        {
            throw new DataFormatException(
                reader.Path,
                Started,
                0,
                $"expected a closing quote on this line: the field goes on to line {reader.Number}, and each line on the way "
                    + $"looks like a record. If quotes are part of the text, {dialect.QuoteAdvice}; if the breaks are, "
                    + dialect.Advice("lineBreaks", "true", "take them out")
            );
        }
        return true;
    }

    private void SplitPlain(ReadOnlySpan<byte> line)
    {
        (source, var start) = reader.Place;
        var end = start + line.Length;
        if (separator.Length == 1)
        {
            start = SplitByByte(start, end);
        }
        else
        {
            for (var at = line.IndexOf(separator); at >= 0; at = line.IndexOf(separator))
            {
                EndField(start, start + at);
                start += at + separator.Length;
                line = line[(at + separator.Length)..];
            }
        }
        EndField(start, end);
        if (end - reader.Place.Start > reader.LongestField)
        {
            for (var i = 0; i < Count; i++)
            {
                reader.RequireField(i + 1, ends[i] - starts[i]);
            }
        }
    }

    // Ends a field at every separator of the line, 32 bytes at a time; gives the start of the last field.
    private int SplitByByte(int start, int end)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(source);
        var wanted = Vector256.Create(separator[0]);
        var at = start;
        for (; at < end && at + Vector256<byte>.Count <= source.Length; at += Vector256<byte>.Count)
        {
            var found = Vector256
                .Equals(Vector256.LoadUnsafe(ref first, (nuint)at), wanted)
                .ExtractMostSignificantBits();
            if (end - at < Vector256<byte>.Count)
            {
                // What the buffer holds behind the line.
                found &= (1u << (end - at)) - 1;
            }
            for (; found != 0; found &= found - 1)
            {
                var place = at + BitOperations.TrailingZeroCount(found);
                EndField(start, place);
                start = place + 1;
            }
        }
        for (; at < end; at++)
        {
            if (source[at] == separator[0])
            {
                EndField(start, at);
                start = at + 1;
            }
        }
        return start;
    }

    private void EndField(int start, int end)
    {
        if (count == starts.Length)
        {
            reader.RequireColumns(count);
            Array.Resize(ref starts, 2 * count);
            Array.Resize(ref ends, 2 * count);
        }
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    private void EndQuotedField()
    {
        EndField(fieldStart, length);
        reader.RequireField(Count, length - fieldStart);
        fieldStart = length;
    }

    // False when the line ends inside a quoted field, which the next line goes on with.
    private bool SplitQuoted(ReadOnlySpan<byte> line)
    {
        var isStart = !isInside;
        var isClosed = false;
        for (var i = 0; i < line.Length; )
        {
            var c = line[i];
            if (isInside && dialect.Backslash && c == '\\' && i + 1 < line.Length)
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
                isClosed = isInside;
                isInside = !isInside;
                i++;
            }
            else if (!isInside && line[i..].StartsWith(separator))
            {
                EndQuotedField();
                i += separator.Length;
                (isStart, isClosed) = (true, false);
                continue;
            }
            else
            {
                RequireOpen(isClosed, line[i..]);
                Append(c);
                i++;
            }
            isStart = false;
        }
        if (isInside)
        {
            return false;
        }
        EndQuotedField();
        return true;
    }

    private void RequireOpen(bool isClosed, ReadOnlySpan<byte> rest)
    {
        if (isClosed)
        {
            isInside = false;
            throw reader.Error(
                Count + 1,
                $"expected the end of the field after its closing quote, found '{Excerpt.Of(rest)}'"
                    + (
                        reader.Number > Started
                            ? $"; the quote was opened on line {Started}: if quotes are part of the text, {dialect.QuoteAdvice}"
                            : "; a quote within quotes is doubled"
                    )
            );
        }
    }

    private void Append(byte value)
    {
        if (length == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * length);
            source = buffer;
        }
        buffer[length++] = value;
    }
}
