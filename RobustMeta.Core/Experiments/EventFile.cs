using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using RobustMeta.Runtime;
using RobustMeta.Training;
using Tensorboard;

namespace RobustMeta.Experiments;

/// <summary>
/// The history of a training as a TensorBoard event file: a curve for each column of <c>history.csv</c>. The format is
/// TensorFlow's: records (<c>tensorflow/core/lib/io/record_writer.h</c>) of <c>Event</c> messages
/// (<c>tensorflow/core/util/event.proto</c>, whose classes TorchSharp brings). TorchSharp's writer
/// puts the time of day into each event; here times are the epochs' numbers in seconds, so that equal histories give equal bytes.
/// Compare runs by step.
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
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(history);
        using var stream = new MemoryStream();
        Record(stream, new Event { FileVersion = Version });
        foreach (var epoch in history)
        {
            Record(
                stream,
                new Event
                {
                    WallTime = epoch.Epoch,
                    Step = epoch.Epoch,
                    Summary = Summary(epoch),
                }
            );
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

    private static Summary Summary(EpochRecord epoch)
    {
        var curves = new (string Tag, double Value)[]
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
        };
        var summary = new Summary();
        summary.Value.AddRange(
            curves
                .Where(curve => double.IsFinite(curve.Value))
                .Select(curve => new Summary.Types.Value { Tag = curve.Tag, SimpleValue = (float)curve.Value })
        );
        return summary;
    }

    private static void Record(MemoryStream stream, Event entry)
    {
        var content = entry.ToByteArray();
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
}
