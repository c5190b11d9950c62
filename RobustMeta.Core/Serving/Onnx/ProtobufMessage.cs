using System.Buffers.Binary;
using System.Text;

namespace RobustMeta.Serving.Onnx;

/// <summary>A message in the encoding of Protocol Buffers, field after field: as much of it as ONNX files need.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;
    private readonly MemoryStream bytes = new();

    /// <summary>The bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.GetBuffer().AsSpan(0, (int)bytes.Length);

    /// <summary>Adds a field of an integer, 0 or more.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        Tag(field, Varint);
        Write((ulong)value);
        return this;
    }

    /// <summary>Adds a field of a 32-bit number.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        Span<byte> four = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        bytes.Write(four);
        return this;
    }

    /// <summary>Adds a field of text.</summary>
    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a field of a message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Bytes);

    /// <summary>Adds a field of bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> raw)
    {
        Tag(field, Delimited);
        Write((ulong)raw.Length);
        bytes.Write(raw);
        return this;
    }

    private void Tag(int field, int kind) => Write((ulong)(field << 3 | kind));

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }
        bytes.WriteByte((byte)value);
    }
}
