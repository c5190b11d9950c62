using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using RobustMeta.Runtime;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// The history of a training as a TensorBoard event file: a curve for each column of <c>history.csv</c>. The format is
/// TensorFlow's: records (<c>tensorflow/core/lib/io/record_writer.h</c>) of <c>Event</c> messages
/// (<c>tensorflow/core/util/event.proto</c>), written here without their library. Times are the epochs' numbers in seconds, so
/// that equal histories give equal bytes: compare runs by step.
/// </summary>
public static class EventFile
{
    /// <summary>The name that TensorBoard looks for.</summary>
    public const string Name = "events.out.tfevents.0.robustmeta";

    private const string Version = "brain.Event:2";

    // Added to a rotated checksum, so that checksums of texts that hold checksums stay good (record_writer.h).
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Writes a history.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="history">One record per epoch; what is not finite is left out.</param>
    public static void Write(string path, IReadOnlyList<EpochRecord> history)
    {
        using var stream = new MemoryStream();
        Record(stream, [.. Time(0), .. Bytes(3, Encoding.UTF8.GetBytes(Version))]);
        foreach (var epoch in history)
        {
            Record(stream, [.. Time(epoch.Epoch), .. Number(2, (ulong)epoch.Epoch), .. Bytes(5, Summary(epoch))]);
        }
        DurableFile.Write(path, stream.ToArray());
    }

    /// <summary>The checksum of a record's length or content: CRC-32C, rotated and shifted.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }

    private static byte[] Summary(EpochRecord epoch) =>
        [
            .. new (string Tag, double Value)[]
            {
                ("loss/mean", epoch.MeanLoss),
                ("loss/robust", epoch.RobustLoss),
                ("loss/worst", epoch.WorstLoss),
                ("validation", epoch.Validation),
                ("weights/userEss", epoch.UserEss),
                ("weights/interactionEss", epoch.InteractionEss),
                ("weights/dualityGap", epoch.DualityGap),
                ("optimizer/learningRate", epoch.LearningRate),
                ("optimizer/gradientNorm", epoch.GradientNorm),
            }
                .Where(curve => double.IsFinite(curve.Value))
                .SelectMany(curve =>
                    Bytes(1, [.. Bytes(1, Encoding.UTF8.GetBytes(curve.Tag)), .. Single(2, curve.Value)])
                ),
        ];

    private static void Record(MemoryStream stream, byte[] content)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
        stream.Write(length);
        Checksum(stream, length);
        stream.Write(content);
        Checksum(stream, content);
    }

    private static void Checksum(MemoryStream stream, ReadOnlySpan<byte> bytes)
    {
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(bytes));
        stream.Write(checksum);
    }

    // Protocol buffers: a field is its number and kind (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes), then its value.
    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }
        return [.. bytes, (byte)value];
    }

    private static byte[] Key(int field, int kind) => Varint((ulong)((field << 3) | kind));

    private static byte[] Number(int field, ulong value) => [.. Key(field, 0), .. Varint(value)];

    private static byte[] Bytes(int field, byte[] value) =>
        [.. Key(field, 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Single(int field, double value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value);
        return [.. Key(field, 5), .. bytes];
    }

    private static byte[] Time(double seconds)
    {
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, seconds);
        return [.. Key(1, 1), .. bytes];
    }
}
