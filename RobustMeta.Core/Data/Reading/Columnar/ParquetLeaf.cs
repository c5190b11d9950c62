namespace RobustMeta.Data.Reading.Columnar;

/// <summary>A column that holds values: an end of the tree of columns.</summary>
/// <param name="Element">What it says of itself.</param>
/// <param name="Path">Names from the root.</param>
/// <param name="Definition">Level of a value that is there: how many of the elements above may be absent or repeated.</param>
/// <param name="Repetition">How many of the elements above are repeated.</param>
/// <param name="Place">Its place among the columns of each group of rows, from 0.</param>
/// <remarks>Levels: Melnik et al., Dremel (VLDB 2010), section 4.</remarks>
internal sealed record ParquetLeaf(
    ParquetElement Element,
    IReadOnlyList<string> Path,
    int Definition,
    int Repetition,
    int Place
)
{
    /// <summary>The type in the words that users know; null where no column of a data set has it.</summary>
    public string? Type =>
        (Element.Type, Element.Meaning) switch
        {
            (_, ParquetMeaning.Other or ParquetMeaning.List or ParquetMeaning.Map) => null,
            (ParquetPhysical.Boolean, _) => "boolean",
            (ParquetPhysical.Int32 or ParquetPhysical.Int64, ParquetMeaning.Decimal) => "decimal",
            (ParquetPhysical.Int32, ParquetMeaning.Date) => "date",
            (
                ParquetPhysical.Int64,
                ParquetMeaning.Milliseconds
                    or ParquetMeaning.Microseconds
                    or ParquetMeaning.Nanoseconds
            ) => "datetime",
            (ParquetPhysical.Int32, ParquetMeaning.Unsigned) => "uint32",
            (ParquetPhysical.Int64, ParquetMeaning.Unsigned) => "uint64",
            (ParquetPhysical.Int32, _) => "int32",
            (ParquetPhysical.Int64, _) => "int64",
            (ParquetPhysical.Int96, _) => "datetime",
            (ParquetPhysical.Float, _) => "single",
            (ParquetPhysical.Double, _) => "double",
            (_, ParquetMeaning.Decimal) => "decimal",
            (ParquetPhysical.FixedBytes, ParquetMeaning.Uuid) => Element.Length == 16 ? "guid" : null,
            (ParquetPhysical.FixedBytes, ParquetMeaning.Half) => Element.Length == 2 ? "half" : null,
            _ => "text",
        };
}
