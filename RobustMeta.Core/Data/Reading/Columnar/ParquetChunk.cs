namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Where the pages of a column in a group of rows are.</summary>
/// <param name="Path">Names of the column from the root.</param>
/// <param name="Type">How the values are stored.</param>
/// <param name="Codec">How the pages are compressed.</param>
/// <param name="Values">Number of values, nulls and empty lists among them.</param>
/// <param name="Start">Place of the first page in the file.</param>
/// <param name="Length">Bytes of all pages.</param>
internal sealed record ParquetChunk(
    IReadOnlyList<string> Path,
    ParquetPhysical Type,
    ParquetCodec Codec,
    long Values,
    long Start,
    long Length
);
