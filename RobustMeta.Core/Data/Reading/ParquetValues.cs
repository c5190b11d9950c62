using System.Globalization;
using System.Text;
using Parquet.Data;

namespace RobustMeta.Data.Reading;

/// <summary>The values of one column in one group of rows of a Parquet file.</summary>
internal abstract class ParquetValues : IDisposable
{
    // Beyond this, integers are no longer exact in double precision.
    private const double Exact = 1L << 53;

    /// <summary>The values of a column; null where its type is none that a data set has.</summary>
    /// <param name="raw">The column as the library reads it.</param>
    /// <param name="starts">Where the values of each row start, one more than rows; null where each row has one.</param>
    public static ParquetValues? Of(RawColumnData raw, int[]? starts) =>
        raw switch
        {
            RawColumnData<ReadOnlyMemory<char>> x => new ParquetCells<ReadOnlyMemory<char>>(
                x,
                starts,
                chars => chars.ToString(),
                chars =>
                    double.TryParse(chars.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : null
            ),
            RawColumnData<ReadOnlyMemory<byte>> x => new ParquetCells<ReadOnlyMemory<byte>>(
                x,
                starts,
                bytes => Encoding.UTF8.GetString(bytes.Span),
                bytes =>
                    double.TryParse(bytes.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : null
            ),
            RawColumnData<sbyte> x => Numbers(x, starts, value => value),
            RawColumnData<byte> x => Numbers(x, starts, value => value),
            RawColumnData<short> x => Numbers(x, starts, value => value),
            RawColumnData<ushort> x => Numbers(x, starts, value => value),
            RawColumnData<int> x => Numbers(x, starts, value => value),
            RawColumnData<uint> x => Numbers(x, starts, value => value),
            RawColumnData<long> x => Numbers(x, starts, value => value),
            RawColumnData<ulong> x => Numbers(x, starts, value => value),
            RawColumnData<decimal> x => Numbers(x, starts, value => (double)value),
            // Identifiers become floating-point numbers where a table has nulls among them: 10, not 10.0.
            RawColumnData<float> x => new ParquetCells<float>(x, starts, value => Plain(value), value => value),
            RawColumnData<double> x => new ParquetCells<double>(x, starts, Plain, value => value),
            RawColumnData<bool> x => new ParquetCells<bool>(
                x,
                starts,
                value => value ? "true" : "false",
                value => value ? 1 : 0
            ),
            RawColumnData<DateTime> x => new ParquetCells<DateTime>(
                x,
                starts,
                value => value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
                _ => null
            ),
            RawColumnData<Guid> x => new ParquetCells<Guid>(x, starts, value => value.ToString(), _ => null),
            _ => null,
        };

    /// <summary>Number of values over all rows, at most: where there are nulls, their room may be behind the values.</summary>
    public abstract int Room { get; }

    /// <summary>Whether a row has no value: a null, NaN, or an empty list.</summary>
    public abstract bool IsNull(int row);

    /// <summary>The text of a row; of several values with blanks between, of none empty.</summary>
    public abstract string Text(int row);

    /// <summary>The number of a row; null where it is none.</summary>
    public abstract double? Number(int row);

    /// <summary>The texts of a row's list.</summary>
    public abstract IReadOnlyList<string> List(int row);

    /// <inheritdoc/>
    public abstract void Dispose();

    private static ParquetCells<T> Numbers<T>(RawColumnData<T> raw, int[]? starts, Func<T, double?> number)
        where T : struct, IFormattable =>
        new(raw, starts, value => value.ToString(null, CultureInfo.InvariantCulture), number);

    private static string Plain(double value) =>
        Math.Abs(value) < Exact && value == Math.Floor(value)
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Plain(float value) =>
        value == MathF.Floor(value) ? Plain((double)value) : value.ToString("R", CultureInfo.InvariantCulture);
}
