using System.Buffers.Binary;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Texts and other bytes. The values share the memory of their page.</summary>
/// <param name="size">Bytes of each value; null where each has a length of its own.</param>
internal sealed class StoredBytes(int? size) : StoredValues<ReadOnlyMemory<byte>>
{
    private const int LengthBytes = 4;

    public override void Read(ParquetEncoding encoding, ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> values)
    {
        switch (encoding)
        {
            case ParquetEncoding.Plain when size is not null:
                Fixed(bytes, size.Value, values);
                break;
            case ParquetEncoding.Plain:
                Plain(bytes, values);
                break;
            case ParquetEncoding.SplitBytes when size is not null:
                Fixed(Joined(bytes, size.Value, values.Length), size.Value, values);
                break;
            case ParquetEncoding.DeltaLengths when size is null:
                Lengths(bytes, values);
                break;
            case ParquetEncoding.DeltaTexts:
                Texts(bytes, values);
                break;
            default:
                throw Unknown(encoding);
        }
    }

    private static void Fixed(ReadOnlyMemory<byte> bytes, int size, Span<ReadOnlyMemory<byte>> values)
    {
        if (size < 0 || (long)size * values.Length > bytes.Length)
        {
            throw TooFew();
        }
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = bytes.Slice(i * size, size);
        }
    }

    private static byte[] Joined(ReadOnlyMemory<byte> bytes, int size, int count)
    {
        if (size < 0 || (long)size * count > bytes.Length)
        {
            throw TooFew();
        }
        var joined = new byte[size * count];
        StoredNumbers<byte>.Join(bytes.Span, joined, size);
        return joined;
    }

    private static void Plain(ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (bytes.Length < LengthBytes)
            {
                throw TooFew();
            }
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            bytes = bytes[LengthBytes..];
            values[i] = Take(ref bytes, length);
        }
    }

    private static void Lengths(ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> values)
    {
        var lengths = new long[values.Length];
        bytes = bytes[DeltaNumbers.Read(bytes.Span, lengths)..];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Take(ref bytes, lengths[i]);
        }
    }

    private static void Texts(ReadOnlyMemory<byte> bytes, Span<ReadOnlyMemory<byte>> values)
    {
        var shared = new long[values.Length];
        bytes = bytes[DeltaNumbers.Read(bytes.Span, shared)..];
        Lengths(bytes, values);
        var before = ReadOnlyMemory<byte>.Empty;
        for (var i = 0; i < values.Length; i++)
        {
            if (shared[i] < 0 || shared[i] > before.Length)
            {
                throw TooFew();
            }
            if (shared[i] > 0)
            {
                values[i] = (byte[])[.. before.Span[..(int)shared[i]], .. values[i].Span];
            }
            before = values[i];
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, long length)
    {
        if (length < 0 || length > bytes.Length)
        {
            throw TooFew();
        }
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }
}
