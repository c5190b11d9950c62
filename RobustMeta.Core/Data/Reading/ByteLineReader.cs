namespace RobustMeta.Data.Reading;

/// <summary>
/// The lines of a file as bytes, without copying and without their ends (LF or CRLF; the last line needs none). A
/// UTF-8 byte-order mark at the start is passed over.
/// </summary>
internal sealed class ByteLineReader : IDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly Stream stream;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool isAtEnd;

    public ByteLineReader(string path)
    {
        Path = path;
        stream = DataFile.Open(path);
        Fill();
        if (buffer.AsSpan(0, end).StartsWith(ByteOrderMark))
        {
            start = ByteOrderMark.Length;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of the line that <see cref="TryRead"/> gave last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line; valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = WithoutReturn(buffer.AsSpan(start, searched + found));
                start += searched + found + 1;
                Number++;
                return true;
            }
            if (isAtEnd)
            {
                line = WithoutReturn(buffer.AsSpan(start, end - start));
                var isLine = start < end;
                start = end;
                Number += isLine ? 1 : 0;
                return isLine;
            }
            searched = end - start;
            Fill();
        }
    }

    /// <summary>An error at the current line.</summary>
    public DataFormatException Error(int column, string expected) => new(Path, Number, column, expected);

    public void Dispose() => stream.Dispose();

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
        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        isAtEnd = read == 0;
    }
}
