using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace RobustMeta.Training;

/// <summary>
/// Named arrays in the safetensors format (8 bytes header length, JSON header, raw little-endian data), which Python's
/// <c>safetensors</c> reads as it is. Types F32 and F64.
/// </summary>
public sealed class SafetensorsFile
{
    private readonly SortedDictionary<string, (Array Values, int[] Shape)> tensors = new(StringComparer.Ordinal);

    /// <summary>Text about the file, by key.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the arrays.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>Adds an array of 32-bit numbers.</summary>
    public void Add(string name, float[] values, params int[] shape) => tensors.Add(name, (values, shape));

    /// <summary>Adds an array of 64-bit numbers.</summary>
    public void Add(string name, double[] values, params int[] shape) => tensors.Add(name, (values, shape));

    /// <summary>The 32-bit array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public float[] Single(string name) => Find<float>(name);

    /// <summary>The 64-bit array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public double[] Double(string name) => Find<double>(name);

    /// <summary>Writes the file aside and renames it: readers see the old file or the whole new one.</summary>
    public void Save(string path)
    {
        var aside = $"{path}.{Environment.ProcessId}.part";
        using (var stream = File.Create(aside))
        {
            var header = Header();
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (values, _) in tensors.Values)
            {
                stream.Write(Bytes(values));
            }
        }
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Reads a file back.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds types other than F32 and F64.</exception>
    public static SafetensorsFile Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var headerLength = bytes.Length < 8 ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength < 0 || headerLength > bytes.Length - 8)
        {
            throw new InvalidDataException($"{path} is no safetensors file: its header does not fit into it.");
        }
        var file = new SafetensorsFile();
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)headerLength));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (var text in entry.Value.EnumerateObject())
                {
                    file.Metadata.Add(text.Name, text.Value.GetString()!);
                }
                continue;
            }
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(x => x.GetInt32()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(x => x.GetInt64()).ToArray();
            var start = 8 + headerLength + offsets[0];
            var size = offsets[1] - offsets[0];
            if (offsets[0] < 0 || size < 0 || start + size > bytes.Length)
            {
                throw new InvalidDataException($"{path} is cut short: '{entry.Name}' reaches past its end.");
            }
            var data = bytes.AsSpan((int)start, (int)size);
            var type = entry.Value.GetProperty("dtype").GetString();
            file.tensors.Add(
                entry.Name,
                type switch
                {
                    "F32" => (MemoryMarshal.Cast<byte, float>(data).ToArray(), shape),
                    "F64" => (MemoryMarshal.Cast<byte, double>(data).ToArray(), shape),
                    _ => throw new InvalidDataException($"{path}: '{entry.Name}' has type {type}; F32, F64 are read."),
                }
            );
        }
        return file;
    }

    private T[] Find<T>(string name) =>
        tensors.TryGetValue(name, out var tensor) && tensor.Values is T[] values
            ? values
            : throw new InvalidDataException($"The file has no {typeof(T).Name} array '{name}'.");

    private static ReadOnlySpan<byte> Bytes(Array values) =>
        values is float[] singles
            ? MemoryMarshal.AsBytes(singles.AsSpan())
            : MemoryMarshal.AsBytes(((double[])values).AsSpan());

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, text) in Metadata)
            {
                json.WriteString(key, text);
            }
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, (values, shape)) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", values is float[] ? "F32" : "F64");
                json.WriteStartArray("shape");
                foreach (var extent in shape)
                {
                    json.WriteNumberValue(extent);
                }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += Buffer.ByteLength(values));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // The data starts aligned to 8 bytes, as the format asks; blanks may follow the JSON.
        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }
        return buffer.ToArray();
    }
}
