using System.Globalization;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The lines of a file as bytes, without copying and without their ends (LF or CRLF; the last line needs none). A
/// UTF-8 byte-order mark at the start is passed over; UTF-16 and UTF-32 are read by their mark as UTF-8.
/// </summary>
public sealed class ByteLineReader : IReadPosition, IDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly ReadLimits limits;
    private Stream stream;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool isAtEnd;

    // Bytes of the file before those that the stream gave, and all that it gave.
    private readonly long skipped;
    private long filled;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, plain or <c>.gz</c>.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="source">Encoding of the file where its bytes are to be turned into UTF-8; null takes them as they are.</param>
    /// <exception cref="DataFormatException">It is not a regular file, or holds no text that is read so.</exception>
    public ByteLineReader(string path, ReadLimits limits, Encoding? source = null)
    {
        Path = path;
        this.limits = limits;
        stream = DataFile.Open(path, limits);
        Fill();
        RequireText(source);
        var marked = Marked(buffer.AsSpan(0, end));
        IsAsWritten = source is null && marked is null && !DataFile.IsCompressed(path);
        if ((source ?? marked) is { } encoding)
        {
            stream.Dispose();
            stream = Encoding.CreateTranscodingStream(DataFile.Open(path, limits), encoding, Encoding.UTF8);
            (start, end) = (0, 0);
            Fill();
        }
        if (buffer.AsSpan(0, end).StartsWith(ByteOrderMark))
        {
            start = ByteOrderMark.Length;
        }
    }

    /// <summary>Goes on in a file whose bytes are read as they are, from a place within it.</summary>
    /// <param name="path">The file, not compressed.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="offset">Bytes before the place; a mark of its encoding is before the place.</param>
    /// <param name="number">Number of lines before the place.</param>
    internal ByteLineReader(string path, ReadLimits limits, long offset, long number)
    {
        Path = path;
        this.limits = limits;
        (skipped, Number, IsAsWritten) = (offset, number, true);
        stream = DataFile.OpenAt(path, offset);
        Fill();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of the line that <see cref="TryRead"/> gave last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the lines are the bytes of the file as it is, so that <see cref="Offset"/> is a place in it.</summary>
    internal bool IsAsWritten { get; }

    /// <summary>Bytes of the file before the next line.</summary>
    internal long Offset => skipped + filled - (end - start);

    /// <summary>What holds the current line, and where it starts there; valid until the next one is read.</summary>
    internal (byte[] Buffer, int Start) Place { get; private set; }

    /// <summary>The longest field that is allowed, in bytes.</summary>
    internal long LongestField => limits.FieldBytes;

    /// <summary>The next line; valid until the next call.</summary>
    /// <exception cref="DataFormatException">The line is longer than the limit, or lines end with CR alone.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = WithoutReturn(buffer.AsSpan(start, searched + found));
                Place = (buffer, start);
                start += searched + found + 1;
                Number++;
                RequireLineEnds(line);
                return true;
            }
            if (isAtEnd)
            {
                line = WithoutReturn(buffer.AsSpan(start, end - start));
                Place = (buffer, start);
                var isLine = start < end;
                start = end;
                Number += isLine ? 1 : 0;
                RequireLineEnds(line);
                return isLine;
            }
            searched = end - start;
            RequireShort(searched);
            Fill();
        }
    }

    /// <inheritdoc/>
    public DataFormatException Error(int column, string expected) => new(Path, Number, column, expected);

    /// <summary>Refuses a field that is longer than the limit.</summary>
    internal void RequireField(int column, int length)
    {
        if (length > limits.FieldBytes)
        {
            throw Error(column, TooLong("field", limits.FieldBytes, "fieldBytes"));
        }
    }

    /// <summary>Refuses more columns than the limit.</summary>
    internal void RequireColumns(int count)
    {
        if (count > limits.Columns)
        {
            throw Error(0, limits.FewerColumns);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private void RequireShort(long length)
    {
        if (length > limits.LineBytes)
        {
            throw new DataFormatException(Path, Number + 1, 0, TooLong("line", limits.LineBytes, "lineBytes"));
        }
    }

    private string TooLong(string what, long limit, string key) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"expected a {what} of at most {limit:N0} bytes; if a longer one is right, {limits.Advice(key)}"
        );

    private void RequireText(Encoding? source)
    {
        var name = System.IO.Path.GetFileName(Path);
        var found = buffer.AsSpan(0, end) switch
        {
            [0x1F, 0x8B, ..] when !DataFile.IsCompressed(Path) =>
                $"a gzip file; rename it to {name + DataFile.Compressed}",
            [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive or spreadsheet; unpack it, or save it as CSV",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', 0x15, ..] => "a Parquet file; let its name end with .parquet",
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', (byte)'1', (byte)'A', (byte)'Y', ..] =>
                "a bzip2 file; unpack it",
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "an xz file; unpack it",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "a Zstandard file; unpack it",
            [not 0, 0, not 0, 0, ..] when source is not UnicodeEncoding =>
                "a zero after each character, as in UTF-16; its encoding is utf16",
            [0, not 0, 0, not 0, ..] when source is not UnicodeEncoding =>
                "a zero before each character, as in UTF-16; convert it to UTF-8",
            _ => null,
        };
        if (found is not null)
        {
            stream.Dispose();
            throw new DataFormatException(Path, 0, 0, $"expected text, found {found}");
        }
    }

    // Only in the first line: a file of an old system has no other.
    private void RequireLineEnds(ReadOnlySpan<byte> line)
    {
        if (Number == 1 && line.Contains((byte)'\r'))
        {
            throw Error(0, "expected lines that end with LF or CRLF, found CR alone; convert the file");
        }
    }

    private static Encoding? Marked(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0xFF, 0xFE, 0, 0, ..] => new UTF32Encoding(false, true, true),
            [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(true, true, true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(false, true, true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(true, true, true),
            _ => null,
        };

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) =>
        line is [.. var rest, (byte)'\r'] ? rest : line;

    // Moves what is left to the front, and makes room for a line longer than the buffer.
    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * buffer.Length);
        }
        try
        {
            var read = stream.Read(buffer, end, buffer.Length - end);
            end += read;
            filled += read;
            isAtEnd = read == 0;
        }
        catch (DecoderFallbackException error)
        {
            throw new DataFormatException(
                Path,
                Number + 1,
                0,
                $"expected text in one encoding, found other bytes: {error.Message}"
            );
        }
    }
}
