namespace RobustMeta.Data.Reading.Columnar;

/// <summary>A column as users see it: one value or a list of values in each row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds, in words.</param>
/// <param name="Leaf">Where the values are; null of structures, maps and types that no column of a data set has.</param>
/// <param name="IsList">Whether a row has a list of values.</param>
internal sealed record ParquetField(string Name, string Type, ParquetLeaf? Leaf, bool IsList);
