using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using ICSharpCode.SharpZipLib.Checksum;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Decompresses pages: to exactly the size that is said, or the page is damaged.</summary>
internal static class PageBytes
{
    // Hadoop's frame of LZ4: the sizes of a block, after and before decompression.
    private const int FrameBytes = 8;

    /// <summary>Requires that a page is as its writer left it, where the writer gave a checksum.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Require(ReadOnlyMemory<byte> bytes, uint? checksum)
    {
        if (checksum is null)
        {
            return;
        }
        var crc = new Crc32();
        crc.Update(MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : bytes.ToArray());
        if ((uint)crc.Value != checksum)
        {
            throw new InvalidDataException("a page with another checksum than its own");
        }
    }

    /// <summary>Decompresses bytes.</summary>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="size">Bytes that they become.</param>
    /// <exception cref="InvalidDataException">They become fewer, more, or nothing that can be read.</exception>
    public static ReadOnlyMemory<byte> Decompress(ParquetCodec codec, ReadOnlyMemory<byte> bytes, int size)
    {
        if (codec == ParquetCodec.None)
        {
            return bytes.Length == size ? bytes : throw Damaged();
        }
        if (size == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
        var unpacked = new byte[size];
        bool isWhole;
        try
        {
            isWhole = Fill(codec, bytes.Span, unpacked);
        }
        // Each library has errors of its own for bytes that are not of its format.
        catch (Exception error) when (error is not (InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException("a page that does not decompress", error);
        }
        return isWhole ? unpacked : throw Damaged();
    }

    private static bool Fill(ParquetCodec codec, ReadOnlySpan<byte> bytes, Span<byte> unpacked) =>
        codec switch
        {
            ParquetCodec.Snappy => Snappy.GetUncompressedLength(bytes) == unpacked.Length
                && Snappy.Decompress(bytes, unpacked) == unpacked.Length,
            ParquetCodec.Gzip => Gzip(bytes, unpacked),
            ParquetCodec.Brotli => BrotliDecoder.TryDecompress(bytes, unpacked, out var written)
                && written == unpacked.Length,
            ParquetCodec.Zstandard => Zstandard(bytes, unpacked),
            ParquetCodec.Lz4Raw => LZ4Codec.Decode(bytes, unpacked) == unpacked.Length,
            ParquetCodec.Lz4 => Framed(bytes, unpacked) || LZ4Codec.Decode(bytes, unpacked) == unpacked.Length,
            _ => throw new InvalidDataException($"pages compressed in a way that is not known ({codec})"),
        };

    private static bool Gzip(ReadOnlySpan<byte> bytes, Span<byte> unpacked)
    {
        using var content = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        return content.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false) == unpacked.Length
            && content.ReadByte() < 0;
    }

    private static bool Zstandard(ReadOnlySpan<byte> bytes, Span<byte> unpacked)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(bytes, unpacked) == unpacked.Length;
    }

    private static bool Framed(ReadOnlySpan<byte> bytes, Span<byte> unpacked)
    {
        while (bytes.Length >= FrameBytes)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            var packed = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            bytes = bytes[FrameBytes..];
            if (
                size > unpacked.Length
                || packed > bytes.Length
                || LZ4Codec.Decode(bytes[..(int)packed], unpacked[..(int)size]) != (int)size
            )
            {
                return false;
            }
            bytes = bytes[(int)packed..];
            unpacked = unpacked[(int)size..];
        }
        return bytes.IsEmpty && unpacked.IsEmpty;
    }

    private static InvalidDataException Damaged() => new("a page of another size than it says");
}
