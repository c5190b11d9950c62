using Google.Protobuf;

namespace RobustMeta.Serving.Onnx;

/// <summary>
/// A message of Protocol Buffers, field after field, for which there are no generated classes: no served library has those of
/// ONNX files.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly MemoryStream bytes = new();
    private readonly CodedOutputStream output;

    /// <summary>An empty message.</summary>
    public ProtobufMessage() => output = new(bytes);

    /// <summary>The bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            output.Flush();
            return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        }
    }

    /// <summary>Adds a field of an integer.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
        return this;
    }

    /// <summary>Adds a field of a 32-bit number.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
        return this;
    }

    /// <summary>Adds a field of text.</summary>
    public ProtobufMessage Add(int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
        return this;
    }

    /// <summary>Adds a field of a message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Bytes);

    /// <summary>Adds a field of bytes.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> raw)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(raw));
        return this;
    }
}
