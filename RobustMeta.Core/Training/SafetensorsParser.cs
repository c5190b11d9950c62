using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace RobustMeta.Training;

/// <summary>
/// Takes a safetensors file apart, trusting nothing in it: arrays must have the size of their shape, lie within the file, one after
/// another, and together be all of it.
/// </summary>
internal static class SafetensorsParser
{
    private const int LengthBytes = 8;
    private const string MetadataKey = "__metadata__";

    /// <summary>The file of some bytes.</summary>
    /// <exception cref="InvalidDataException">The layout is wrong; malformed JSON gives the exceptions of its reader.</exception>
    public static SafetensorsFile Parse(byte[] bytes, string path)
    {
        var headerLength = bytes.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength < 0 || headerLength > bytes.Length - LengthBytes)
        {
            throw new InvalidDataException($"{path} is no safetensors file: its header does not fit into it.");
        }
        var data = bytes.AsMemory(LengthBytes + (int)headerLength);
        var file = new SafetensorsFile();
        using var header = JsonDocument.Parse(bytes.AsMemory(LengthBytes, (int)headerLength));
        var ranges = new List<(long Start, long End)>();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
            {
                foreach (var text in entry.Value.EnumerateObject())
                {
                    file.Metadata.Add(text.Name, text.Value.GetString()!);
                }
                continue;
            }
            ranges.Add(Add(file, entry, data, path));
        }
        RequireWhole(ranges, data.Length, path);
        return file;
    }

    private static (long Start, long End) Add(
        SafetensorsFile file,
        JsonProperty entry,
        ReadOnlyMemory<byte> data,
        string path
    )
    {
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(x => x.GetInt32()).ToArray();
        var range = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(x => x.GetInt64()).ToArray();
        var type = entry.Value.GetProperty("dtype").GetString();
        var width = type switch
        {
            "F32" => sizeof(float),
            "F64" => sizeof(double),
            "I32" => sizeof(int),
            "U8" => sizeof(byte),
            _ => throw new InvalidDataException(
                $"{path}: '{entry.Name}' has type {type}; F32, F64, I32 and U8 are read."
            ),
        };
        if (range.Length != 2 || range[0] < 0 || range[1] < range[0] || range[1] > data.Length)
        {
            throw new InvalidDataException($"{path} is cut short: '{entry.Name}' reaches past its end.");
        }
        var values = shape.Aggregate(1L, (size, extent) => checked(size * extent));
        if (shape.Any(extent => extent < 0) || checked(values * width) != range[1] - range[0])
        {
            throw new InvalidDataException(
                $"{path}: '{entry.Name}' has the shape [{string.Join(", ", shape)}], but {range[1] - range[0]} bytes."
            );
        }
        var content = data.Span[(int)range[0]..(int)range[1]];
        switch (type)
        {
            case "F32":
                file.Add(entry.Name, MemoryMarshal.Cast<byte, float>(content).ToArray(), shape);
                break;
            case "F64":
                file.Add(entry.Name, MemoryMarshal.Cast<byte, double>(content).ToArray(), shape);
                break;
            case "I32":
                file.Add(entry.Name, MemoryMarshal.Cast<byte, int>(content).ToArray(), shape);
                break;
            default:
                file.Add(entry.Name, content.ToArray(), shape);
                break;
        }
        return (range[0], range[1]);
    }

    private static void RequireWhole(List<(long Start, long End)> ranges, long size, string path)
    {
        long end = 0;
        foreach (var range in ranges.Order())
        {
            if (range.Start != end)
            {
                throw new InvalidDataException($"{path} is damaged: its arrays overlap or leave a gap at byte {end}.");
            }
            end = range.End;
        }
        if (end != size)
        {
            throw new InvalidDataException($"{path} is damaged: {size} bytes of data, its header names {end}.");
        }
    }
}
