using Parquet;
using Parquet.Schema;

namespace RobustMeta.Data;

/// <summary>One column of a Parquet file that is written from rows: its name, its type, and where a row has its value.</summary>
/// <typeparam name="TRow">What a row is, e.g. a record, or the fields of a line.</typeparam>
public sealed class ParquetColumn<TRow>
{
    private readonly Func<ParquetRowGroupWriter, IReadOnlyList<TRow>, Task> write;

    private ParquetColumn(DataField field, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<TRow>, Task> write)
    {
        Field = field;
        this.write = (group, rows) => write(group, field, rows);
    }

    /// <summary>Name of the column.</summary>
    public string Name => Field.Name;

    internal DataField Field { get; }

    /// <summary>A column of texts; a null text is a null of the file.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="value">The value of a row.</param>
    public static ParquetColumn<TRow> Text(string name, Func<TRow, string?> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(
            new DataField<string>(name, nullable: true),
            (group, field, rows) => group.WriteAsync(field, Values<string?>(rows, value)!)
        );
    }

    /// <summary>A column of 64-bit integers.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="value">The value of a row.</param>
    public static ParquetColumn<TRow> Integer(string name, Func<TRow, long> value) => Of(name, value);

    /// <summary>A column of numbers of double precision.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="value">The value of a row; NaN is written as NaN.</param>
    public static ParquetColumn<TRow> Number(string name, Func<TRow, double> value) => Of(name, value);

    /// <summary>A column of numbers of single precision.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="value">The value of a row; NaN is written as NaN.</param>
    public static ParquetColumn<TRow> Single(string name, Func<TRow, float> value) => Of(name, value);

    internal Task Write(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows) => write(group, rows);

    private static ParquetColumn<TRow> Of<T>(string name, Func<TRow, T> value)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(
            new DataField<T>(name, nullable: false),
            (group, field, rows) => group.WriteAsync(field, new ReadOnlyMemory<T>(Values(rows, value)))
        );
    }

    private static T[] Values<T>(IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = value(rows[row]);
        }
        return values;
    }
}
