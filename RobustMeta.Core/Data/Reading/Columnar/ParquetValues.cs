using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>The values of one column in one group of rows of a Parquet file.</summary>
internal abstract class ParquetValues
{
    // Beyond this, integers are no longer exact in double precision.
    private const double Exact = 1L << 53;
    private const int JulianDayOf1970 = 2440588;
    private const int Int96Bytes = 12;

    // What a value takes in memory, on average at least.
    internal const int LeastBytes = 8;

    /// <summary>Reads a column of a type that a data set has.</summary>
    /// <param name="chunk">Where its pages are.</param>
    /// <param name="leaf">The column.</param>
    /// <param name="bytes">The pages.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="most">Most bytes that a page may become.</param>
    /// <exception cref="InvalidDataException">It is damaged; the message says what was found.</exception>
    public static ParquetValues Read(ParquetChunk chunk, ParquetLeaf leaf, byte[] bytes, int rows, long most)
    {
        // Before room is made for values that the file only claims to have; a row has a level at least.
        if (chunk.Values > most / LeastBytes || rows > chunk.Values)
        {
            throw new InvalidDataException(
                FormattableString.Invariant(
                    $"{chunk.Values} values of '{leaf.Path[0]}' in a group of {rows} rows and {bytes.Length} bytes"
                )
            );
        }
        (T[] Values, int[]? Starts) Pages<T>(StoredValues<T> stored) =>
            new ColumnPages<T>(chunk, leaf, stored, rows, most).Read(bytes);
        var (meaning, scale) = (leaf.Element.Meaning, leaf.Element.Scale);
        switch (leaf.Element.Type)
        {
            case ParquetPhysical.Boolean:
                return new ParquetCells<bool>(
                    Pages(new StoredTruths()),
                    value => value ? "true" : "false",
                    value => value ? 1 : 0
                );
            case ParquetPhysical.Int32:
                var small = Pages(new StoredNumbers<int>(value => unchecked((int)value)));
                return IsPlain(meaning)
                    ? Numbers(small)
                    : Whole(small, value => meaning == ParquetMeaning.Unsigned ? (uint)value : value, meaning, scale);
            case ParquetPhysical.Int64:
                var large = Pages(new StoredNumbers<long>(value => value));
                return IsPlain(meaning)
                    ? Numbers(large)
                    : Whole(
                        large,
                        value => meaning == ParquetMeaning.Unsigned ? (ulong)value : (Int128)value,
                        meaning,
                        scale
                    );
            // Identifiers become floating-point numbers where a table has nulls among them: 10, not 10.0.
            case ParquetPhysical.Float:
                return new ParquetCells<float>(Pages(new StoredNumbers<float>(null)), Plain, value => value);
            case ParquetPhysical.Double:
                return new ParquetCells<double>(Pages(new StoredNumbers<double>(null)), Plain, value => value);
            case ParquetPhysical.Int96:
                return new ParquetCells<ReadOnlyMemory<byte>>(Pages(new StoredBytes(Int96Bytes)), Julian, _ => null);
            default:
                var isFixed = leaf.Element.Type == ParquetPhysical.FixedBytes;
                return Bytes(Pages(new StoredBytes(isFixed ? leaf.Element.Length : null)), leaf);
        }
    }

    /// <summary>Whether a row has no value: a null, NaN, or an empty list.</summary>
    public abstract bool IsNull(int row);

    /// <summary>The text of a row; of several values with blanks between, of none empty.</summary>
    public abstract string Text(int row);

    /// <summary>The number of a row; null where it is none.</summary>
    public abstract double? Number(int row);

    /// <summary>The texts of a row's list.</summary>
    public abstract IReadOnlyList<string> List(int row);

    private static bool IsPlain(ParquetMeaning meaning) =>
        meaning is ParquetMeaning.Plain or ParquetMeaning.Uuid or ParquetMeaning.Half;

    private static ParquetCells<T> Numbers<T>((T[] Values, int[]? Starts) pages)
        where T : INumber<T> =>
        new(
            pages,
            value => value.ToString(null, CultureInfo.InvariantCulture),
            value => double.CreateSaturating(value)
        );

    private static ParquetCells<T> Whole<T>(
        (T[] Values, int[]? Starts) pages,
        Func<T, Int128> whole,
        ParquetMeaning meaning,
        int scale
    )
    {
        var ticks = meaning switch
        {
            ParquetMeaning.Date => TimeSpan.TicksPerDay,
            ParquetMeaning.Milliseconds => TimeSpan.TicksPerMillisecond,
            ParquetMeaning.Microseconds => TimeSpan.TicksPerMicrosecond,
            ParquetMeaning.Nanoseconds => 1,
            _ => 0,
        };
        var parts = meaning == ParquetMeaning.Nanoseconds ? TimeSpan.NanosecondsPerTick : 1;
        return ticks > 0 ? new(pages, value => Time(whole(value) * ticks / parts), _ => null)
            : meaning == ParquetMeaning.Decimal
                ? new(
                    pages,
                    value => Decimal((BigInteger)whole(value), scale),
                    value => (double)whole(value) / Math.Pow(10, scale)
                )
            : new(pages, value => whole(value).ToString(CultureInfo.InvariantCulture), value => (double)whole(value));
    }

    private static ParquetCells<ReadOnlyMemory<byte>> Bytes(
        (ReadOnlyMemory<byte>[] Values, int[]? Starts) pages,
        ParquetLeaf leaf
    )
    {
        var scale = leaf.Element.Scale;
        switch (leaf.Element.Meaning)
        {
            case ParquetMeaning.Decimal:
                return new(
                    pages,
                    bytes => Decimal(Whole(bytes), scale),
                    bytes => (double)Whole(bytes) / Math.Pow(10, scale)
                );
            case ParquetMeaning.Uuid when leaf.Element.Type == ParquetPhysical.FixedBytes:
                return new(pages, bytes => new Guid(bytes.Span, bigEndian: true).ToString(), _ => null);
            case ParquetMeaning.Half when leaf.Element.Type == ParquetPhysical.FixedBytes:
                double Value(ReadOnlyMemory<byte> bytes) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.Span);
                return new(pages, bytes => Plain(Value(bytes)), bytes => Value(bytes));
            default:
                RequireUtf8(pages.Values, leaf);
                return new(
                    pages,
                    bytes => Encoding.UTF8.GetString(bytes.Span),
                    bytes =>
                        double.TryParse(bytes.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                            ? number
                            : null
                );
        }
    }

    // Two identifiers that are no UTF-8 would become one.
    private static void RequireUtf8(ReadOnlyMemory<byte>[] values, ParquetLeaf leaf)
    {
        foreach (var value in values)
        {
            if (!Utf8.IsValid(value.Span))
            {
                throw new InvalidDataException($"a text that is no UTF-8 in the column '{leaf.Path[0]}'");
            }
        }
    }

    private static BigInteger Whole(ReadOnlyMemory<byte> bytes) => new(bytes.Span, isBigEndian: true);

    private static string Decimal(BigInteger whole, int scale)
    {
        var digits = BigInteger.Abs(whole).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = whole.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static string Julian(ReadOnlyMemory<byte> bytes)
    {
        Int128 nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span);
        Int128 days = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[8..]) - (long)JulianDayOf1970;
        return Time(days * TimeSpan.TicksPerDay + nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    // What is no time of the calendar is said as it is, and is no time for those who ask for one either.
    private static string Time(Int128 ticksSince1970)
    {
        var ticks = ticksSince1970 + DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime((long)ticks).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            : FormattableString.Invariant($"{ticksSince1970 / TimeSpan.TicksPerSecond} s since 1970");
    }

    private static string Plain(double value) =>
        Math.Abs(value) < Exact && value == Math.Floor(value)
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Plain(float value) =>
        value == MathF.Floor(value) ? Plain((double)value) : value.ToString("R", CultureInfo.InvariantCulture);
}
