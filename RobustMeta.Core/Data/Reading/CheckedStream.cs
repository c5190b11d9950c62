using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;
using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The content of a data file as it is read: decompressed, within the limits, and complete at its end. .NET takes a gzip
/// file that is cut short for a shorter one; here the size at its end must be the size that was read.
/// </summary>
internal sealed class CheckedStream : Stream
{
    // Files below this size may have any ratio: short files of one repeated line compress well.
    private const long RatioMatters = 64L << 20;
    private const int GzipTrailer = 8;
    private readonly string path;
    private readonly ReadLimits limits;
    private readonly Stream content;
    private readonly long packedSize;
    private readonly bool isGzip;
    private long total;
    private bool isChecked;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; one that ends with .gz is decompressed.</param>
    /// <param name="limits">What it may hold.</param>
    /// <exception cref="DataFormatException">It is not there, or no regular file.</exception>
    public CheckedStream(string path, ReadLimits limits)
    {
        this.path = path;
        this.limits = limits;
        if (!Path.Exists(path))
        {
            throw new DataFormatException(path, 0, 0, "there is no such file; expected the path of a file to read");
        }
        if (Directory.Exists(path))
        {
            throw new DataFormatException(path, 0, 0, "expected a file, found a folder: name a file in it");
        }
        if (!FileIdentity.Of(path).IsRegular)
        {
            throw new DataFormatException(
                path,
                0,
                0,
                "expected a file, found a pipe, device or broken link of that name"
            );
        }
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        packedSize = file.Length;
        isGzip = DataFile.IsCompressed(path);
        RequireGzip(file);
        content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => total;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = content.Read(buffer);
        }
        // The error's own text is about archives and compression methods, which tell a user nothing.
        catch (InvalidDataException error)
        {
            throw Damaged("the compressed content is damaged", error);
        }
        total += read;
        RequireWithinLimits();
        if (read == 0 && buffer.Length > 0 && isGzip && !isChecked)
        {
            RequireComplete();
            isChecked = true;
        }
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }
        base.Dispose(disposing);
    }

    private void RequireWithinLimits()
    {
        if (total > limits.FileBytes)
        {
            throw TooLarge($"more than {limits.FileBytes:N0} bytes", "fileBytes");
        }
        if (isGzip && total > RatioMatters && total / limits.Ratio > packedSize)
        {
            throw TooLarge($"content more than {limits.Ratio} times the size of the compressed file", "ratio");
        }
    }

    private DataFormatException TooLarge(FormattableString found, string limit) =>
        new(path, 0, 0, $"{found.ToString(CultureInfo.InvariantCulture)}; if that is right, {limits.Advice(limit)}");

    private void RequireComplete()
    {
        Span<byte> trailer = stackalloc byte[GzipTrailer];
        using (var file = File.OpenRead(path))
        {
            if (file.Length < GzipTrailer)
            {
                throw Damaged("the compressed content is cut short");
            }
            file.Seek(-GzipTrailer, SeekOrigin.End);
            file.ReadExactly(trailer);
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != unchecked((uint)total))
        {
            RequireCompleteMembers();
        }
    }

    // A file of several gzip members, one after another, ends with the size of the last alone: each is checked by itself.
    private void RequireCompleteMembers()
    {
        long found = 0;
        try
        {
            using var members = new GZipInputStream(File.OpenRead(path));
            var buffer = new byte[1 << 16];
            for (var read = members.Read(buffer); read > 0; read = members.Read(buffer))
            {
                found += read;
            }
        }
        catch (Exception error) when (error is SharpZipBaseException or EndOfStreamException)
        {
            throw Damaged("the compressed content is cut short");
        }
        if (found != total)
        {
            throw Damaged("the compressed content is cut short");
        }
    }

    private void RequireGzip(FileStream file)
    {
        if (isGzip && !(file.Length == 0 || (file.ReadByte() == 0x1F && file.ReadByte() is -1 or 0x8B)))
        {
            file.Dispose();
            throw new DataFormatException(
                path,
                0,
                0,
                "expected a whole gzip file, found other content; if it is not compressed, take .gz from its name"
            );
        }
        file.Position = 0;
    }

    private DataFormatException Damaged(string what, Exception? cause = null) =>
        new(path, 0, 0, $"expected a whole gzip file, but {what}; fetch the file again", cause);
}
