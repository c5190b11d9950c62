namespace RobustMeta.Data.Reading.Columnar;

/// <summary>What a page holds (<c>PageType</c> of the format).</summary>
internal enum ParquetPageKind
{
    /// <summary>Levels and values, compressed together.</summary>
    Data = 0,
    Index = 1,
    Dictionary = 2,

    /// <summary>Levels as they are, values compressed.</summary>
    SecondData = 3,
}
