using System.Buffers.Binary;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Small whole numbers as runs of one value and as values packed in bits.</summary>
/// <remarks>Source: Apache Parquet, Encodings, "Run Length Encoding / Bit-Packing Hybrid".</remarks>
internal static class BitRuns
{
    private const int MostBits = 32;

    /// <summary>Reads numbers.</summary>
    /// <param name="bytes">The runs; what is left behind them is not looked at.</param>
    /// <param name="width">Bits of a number; with 0 bits all are 0, and there need not be runs.</param>
    /// <param name="most">Largest number that may be there.</param>
    /// <param name="numbers">Takes the numbers; so many are read.</param>
    /// <exception cref="InvalidDataException">There are fewer, or a larger one.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, int width, int most, Span<int> numbers)
    {
        if (width > MostBits)
        {
            throw Damaged();
        }
        if (width == 0)
        {
            numbers.Clear();
            return;
        }
        var place = 0;
        while (numbers.Length > 0)
        {
            var header = Unsigned(bytes, ref place);
            var count = header >> 1;
            if (count == 0)
            {
                throw Damaged();
            }
            var isPacked = (header & 1) == 1;
            // Eight numbers a group; the last group may be longer than what is needed.
            var taken = (int)Math.Min(isPacked ? Math.Min(count, int.MaxValue / 8) * 8 : count, (ulong)numbers.Length);
            if (isPacked)
            {
                Unpack(bytes[place..], width, numbers[..taken]);
                place += (int)(((long)taken * width + 7) / 8);
            }
            else
            {
                var size = (width + 7) / 8;
                numbers[..taken].Fill(LittleEndian(bytes, place, size));
                place += size;
            }
            RequireWithin(numbers[..taken], most);
            numbers = numbers[taken..];
        }
    }

    /// <summary>A number of seven bits a byte, the lowest first.</summary>
    /// <param name="bytes">Where it stands.</param>
    /// <param name="place">Its place; moved behind it.</param>
    /// <exception cref="InvalidDataException">The bytes end, or it is longer than 64 bits.</exception>
    public static ulong Unsigned(ReadOnlySpan<byte> bytes, ref int place)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (place >= bytes.Length)
            {
                throw Damaged();
            }
            var next = bytes[place++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
        throw Damaged();
    }

    /// <summary>Whole numbers of some bits each, from the lowest bit of the first byte on.</summary>
    /// <param name="bytes">Where they stand.</param>
    /// <param name="width">Bits of each, 1 to 64.</param>
    /// <param name="index">Which one.</param>
    public static ulong Packed(ReadOnlySpan<byte> bytes, int width, int index)
    {
        var bit = (long)index * width;
        var start = (int)(bit / 8);
        var shift = (int)(bit % 8);
        var low =
            start + 8 <= bytes.Length ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[start..]) : Tail(bytes[start..]);
        var value = low >> shift;
        if (shift + width > 64)
        {
            value |= (ulong)bytes[start + 8] << (64 - shift);
        }
        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }
        return value;
    }

    private static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<int> numbers)
    {
        if (((long)numbers.Length * width + 7) / 8 > bytes.Length)
        {
            throw Damaged();
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (int)Packed(bytes, width, i);
        }
    }

    private static int LittleEndian(ReadOnlySpan<byte> bytes, int place, int size) =>
        size <= bytes.Length - place ? (int)Tail(bytes.Slice(place, size)) : throw Damaged();

    private static void RequireWithin(ReadOnlySpan<int> numbers, int most)
    {
        foreach (var number in numbers)
        {
            if ((uint)number > (uint)most)
            {
                throw Damaged();
            }
        }
    }

    private static InvalidDataException Damaged() => new("damaged runs of numbers");
}
