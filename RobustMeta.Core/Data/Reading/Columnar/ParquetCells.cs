namespace RobustMeta.Data.Reading.Columnar;

/// <summary>The values of one column of one type in one group of rows of a Parquet file.</summary>
/// <param name="pages">
/// The values that are there, row after row, and where those of each row start; null where each row has one.
/// </param>
/// <param name="text">A value as text.</param>
/// <param name="number">A value as a number; null where it is none.</param>
internal sealed class ParquetCells<T>((T[] Values, int[]? Starts) pages, Func<T, string> text, Func<T, double?> number)
    : ParquetValues
{
    private static readonly bool HasNaN = typeof(T) == typeof(float) || typeof(T) == typeof(double);

    public override bool IsNull(int row)
    {
        var values = Values(row);
        return values.IsEmpty || (HasNaN && values.Length == 1 && number(values[0]) is double.NaN);
    }

    public override string Text(int row) =>
        Values(row) switch
        {
            [] => "",
            [var value] => text(value),
            _ => string.Join(' ', List(row)),
        };

    public override double? Number(int row) => Values(row) is [var value] ? number(value) : null;

    public override IReadOnlyList<string> List(int row)
    {
        var values = Values(row);
        var texts = new string[values.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = text(values[i]);
        }
        return texts;
    }

    private ReadOnlySpan<T> Values(int row) =>
        pages.Starts is { } starts ? pages.Values.AsSpan(starts[row]..starts[row + 1]) : pages.Values.AsSpan(row, 1);
}
