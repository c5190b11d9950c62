using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RobustMeta.Runtime;

namespace RobustMeta.Training;

/// <summary>
/// Named arrays in the safetensors format (8 bytes header length, JSON header, raw little-endian data), which Python's
/// <c>safetensors</c> reads as it is. Types F32, F64, I32 and U8.
/// </summary>
public sealed class SafetensorsFile
{
    private const string Seal = "sha256";
    private static readonly string Unsealed = new('0', 64);
    private readonly SortedDictionary<string, (Array Values, int[] Shape)> tensors = new(StringComparer.Ordinal);

    /// <summary>Text about the file, by key.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the arrays.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>Adds an array of 32-bit numbers.</summary>
    public void Add(string name, float[] values, params int[] shape) => Put(name, values, shape, tensors.Add);

    /// <summary>Adds an array of 64-bit numbers.</summary>
    public void Add(string name, double[] values, params int[] shape) => Put(name, values, shape, tensors.Add);

    /// <summary>Adds an array of 32-bit integers.</summary>
    public void Add(string name, int[] values, params int[] shape) => Put(name, values, shape, tensors.Add);

    /// <summary>Adds an array of bytes.</summary>
    public void Add(string name, byte[] values, params int[] shape) => Put(name, values, shape, tensors.Add);

    /// <summary>Puts an array of 32-bit numbers in the place of one of that name, if there is one.</summary>
    public void Replace(string name, float[] values, params int[] shape) =>
        Put(name, values, shape, (key, tensor) => tensors[key] = tensor);

    /// <summary>Whether there is an array of that name.</summary>
    public bool Has(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return tensors.ContainsKey(name);
    }

    /// <summary>Extents of the array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public IReadOnlyList<int> ShapeOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return tensors.TryGetValue(name, out var tensor)
            ? tensor.Shape
            : throw new InvalidDataException($"The file has no array '{name}'.");
    }

    /// <summary>The array of 32-bit integers of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public int[] Integers(string name) => Find<int>(name);

    /// <summary>The array of bytes of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public byte[] Raw(string name) => Find<byte>(name);

    /// <summary>The 32-bit array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public float[] Single(string name) => Find<float>(name);

    /// <summary>The 64-bit array of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another type.</exception>
    public double[] Double(string name) => Find<double>(name);

    /// <summary>Writes the file as <see cref="DurableFile"/> does: readers see the old file or the whole new one.</summary>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var header = Header();
        DurableFile.Write(path, stream => WriteTo(stream, header));
    }

    /// <summary>As <see cref="Save"/>, with the SHA-256 of the whole file in its metadata, under <c>sha256</c>.</summary>
    public void SaveSealed(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Metadata[Seal] = Unsealed;
        var header = Header();
        Metadata.Remove(Seal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(LengthOf(header));
        hash.AppendData(header);
        foreach (var (values, _) in tensors.Values)
        {
            hash.AppendData(Bytes(values));
        }
        Encoding.ASCII.GetBytes(
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            header.AsSpan(SealPlace(header)!.Value)
        );
        DurableFile.Write(path, stream => WriteTo(stream, header));
    }

    /// <summary>Reads a file back.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or holds other types.</exception>
    public static SafetensorsFile Load(string path) => Parse(RegularFile.Bytes(path), path);

    /// <summary>Reads a file of <see cref="SaveSealed"/> back; every changed bit is noticed.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or has no SHA-256.</exception>
    public static SafetensorsFile LoadSealed(string path)
    {
        var bytes = RegularFile.Bytes(path);
        var file = Parse(bytes, path);
        if (!file.Metadata.Remove(Seal, out var expected) || SealPlace(bytes) is not { } place)
        {
            throw new InvalidDataException($"{path} has no SHA-256: it is of a version before 0.2, or damaged.");
        }
        Encoding.ASCII.GetBytes(Unsealed, bytes.AsSpan(place));
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == expected
            ? file
            : throw new InvalidDataException(
                $"{path} is damaged: its SHA-256 is not the one that it was written with."
            );
    }

    private static SafetensorsFile Parse(byte[] bytes, string path)
    {
        try
        {
            return SafetensorsParser.Parse(bytes, path);
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new InvalidDataException($"{path} is no safetensors file, or damaged: {error.Message}", error);
        }
    }

    private void WriteTo(Stream stream, byte[] header)
    {
        stream.Write(LengthOf(header));
        stream.Write(header);
        foreach (var (values, _) in tensors.Values)
        {
            stream.Write(Bytes(values));
        }
    }

    private static byte[] LengthOf(byte[] header)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return length;
    }

    // Where the SHA-256 stands; text in the metadata is escaped, so that it cannot hold the key's quotes.
    private static int? SealPlace(ReadOnlySpan<byte> file)
    {
        var key = Encoding.ASCII.GetBytes($"\"{Seal}\":\"");
        var found = file.IndexOf(key);
        return found < 0 || found + key.Length + Unsealed.Length > file.Length ? null : found + key.Length;
    }

    private static void Put(string name, Array values, int[] shape, Action<string, (Array Values, int[] Shape)> put)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        put(name, (values, shape));
    }

    private T[] Find<T>(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return tensors.TryGetValue(name, out var tensor) && tensor.Values is T[] values
            ? values
            : throw new InvalidDataException($"The file has no {typeof(T).Name} array '{name}'.");
    }

    private static ReadOnlySpan<byte> Bytes(Array values) =>
        values switch
        {
            float[] x => MemoryMarshal.AsBytes(x.AsSpan()),
            double[] x => MemoryMarshal.AsBytes(x.AsSpan()),
            int[] x => MemoryMarshal.AsBytes(x.AsSpan()),
            _ => (byte[])values,
        };

    private static string TypeOf(Array values) =>
        values switch
        {
            float[] => "F32",
            double[] => "F64",
            int[] => "I32",
            _ => "U8",
        };

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
                json.WriteString("dtype", TypeOf(values));
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
