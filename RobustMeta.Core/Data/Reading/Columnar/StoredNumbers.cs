using System.Runtime.InteropServices;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Numbers of four or eight bytes, the lowest first.</summary>
/// <param name="ofInteger">A number from the low bits of a whole one; null where the numbers are not whole.</param>
internal sealed class StoredNumbers<T>(Func<long, T>? ofInteger) : StoredValues<T>
    where T : unmanaged
{
    private static readonly int Size = Marshal.SizeOf<T>();

    public override void Read(ParquetEncoding encoding, ReadOnlyMemory<byte> bytes, Span<T> values)
    {
        switch (encoding)
        {
            case ParquetEncoding.Plain:
                Room(bytes, values.Length).CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ParquetEncoding.SplitBytes:
                Join(Room(bytes, values.Length), MemoryMarshal.AsBytes(values), Size);
                break;
            case ParquetEncoding.Deltas when ofInteger is not null:
                var numbers = new long[values.Length];
                DeltaNumbers.Read(bytes.Span, numbers);
                for (var i = 0; i < numbers.Length; i++)
                {
                    values[i] = ofInteger(numbers[i]);
                }
                break;
            default:
                throw Unknown(encoding);
        }
    }

    /// <summary>Puts the bytes of each value together, of which all first ones come first, then all second ones.</summary>
    /// <param name="split">The bytes apart.</param>
    /// <param name="joined">Takes them together.</param>
    /// <param name="size">Bytes of a value.</param>
    internal static void Join(ReadOnlySpan<byte> split, Span<byte> joined, int size)
    {
        var count = size == 0 ? 0 : joined.Length / size;
        for (var part = 0; part < size; part++)
        {
            for (var i = 0; i < count; i++)
            {
                joined[i * size + part] = split[part * count + i];
            }
        }
    }

    private static ReadOnlySpan<byte> Room(ReadOnlyMemory<byte> bytes, int count) =>
        (long)count * Size <= bytes.Length ? bytes.Span[..(count * Size)] : throw TooFew();
}
