namespace RobustMeta.Data.Reading.Columnar;

/// <summary>A group of rows.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Chunks">The columns, in the order of the tree.</param>
internal sealed record ParquetGroup(int Rows, IReadOnlyList<ParquetChunk> Chunks);
