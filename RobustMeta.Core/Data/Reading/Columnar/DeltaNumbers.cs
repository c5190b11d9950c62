namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Whole numbers as differences, in blocks of packed numbers.</summary>
/// <remarks>Source: Apache Parquet, Encodings, "Delta Encoding (DELTA_BINARY_PACKED)".</remarks>
internal static class DeltaNumbers
{
    // Writers use blocks of 128 to 1,024 numbers; a block is read at once.
    private const ulong LargestBlock = 1 << 20;

    /// <summary>Reads numbers.</summary>
    /// <param name="bytes">The blocks.</param>
    /// <param name="numbers">Takes the numbers; so many there must be. Sums wrap around in 64 bits.</param>
    /// <returns>Bytes that the numbers take.</returns>
    /// <exception cref="InvalidDataException">They are damaged, or more or fewer.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, Span<long> numbers)
    {
        var place = 0;
        var block = BitRuns.Unsigned(bytes, ref place);
        var parts = BitRuns.Unsigned(bytes, ref place);
        var count = BitRuns.Unsigned(bytes, ref place);
        var value = Signed(bytes, ref place);
        if (
            block is 0 or > LargestBlock
            || parts == 0
            || block % parts != 0
            || block / parts % 8 != 0
            || count != (ulong)numbers.Length
        )
        {
            throw Damaged();
        }
        if (count == 0)
        {
            return place;
        }
        numbers[0] = value;
        var (size, at) = ((int)(block / parts), 1);
        while (at < numbers.Length)
        {
            var least = Signed(bytes, ref place);
            if ((int)parts > bytes.Length - place)
            {
                throw Damaged();
            }
            var widths = bytes.Slice(place, (int)parts);
            place += (int)parts;
            for (var part = 0; part < widths.Length && at < numbers.Length; part++)
            {
                // The last part is written as a whole, though not all of it may be numbers.
                var length = (long)size * widths[part] / 8;
                if (widths[part] > 64 || length > bytes.Length - place)
                {
                    throw Damaged();
                }
                var packed = bytes.Slice(place, (int)length);
                place += (int)length;
                for (var i = 0; i < size && at < numbers.Length; i++, at++)
                {
                    var difference = widths[part] == 0 ? 0 : BitRuns.Packed(packed, widths[part], i);
                    value = unchecked(value + least + (long)difference);
                    numbers[at] = value;
                }
            }
        }
        return place;
    }

    private static long Signed(ReadOnlySpan<byte> bytes, ref int place)
    {
        var value = BitRuns.Unsigned(bytes, ref place);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static InvalidDataException Damaged() => new("damaged differences of numbers");
}
