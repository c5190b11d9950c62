namespace RobustMeta.Data.Reading.Columnar;

/// <summary>How values or levels are written (<c>Encoding</c> of the format).</summary>
internal enum ParquetEncoding
{
    Plain = 0,

    /// <summary>Places in the dictionary, by its first name.</summary>
    PlainDictionary = 2,

    /// <summary>Runs of one value, and values packed in bits.</summary>
    Runs = 3,

    /// <summary>Values packed in bits alone; no writer of today uses it.</summary>
    Packed = 4,

    /// <summary>Differences of whole numbers.</summary>
    Deltas = 5,

    /// <summary>All lengths, then all texts.</summary>
    DeltaLengths = 6,

    /// <summary>How much each text shares with the one before, and the rest.</summary>
    DeltaTexts = 7,

    /// <summary>Places in the dictionary.</summary>
    Dictionary = 8,

    /// <summary>The first bytes of all values, then the second ones.</summary>
    SplitBytes = 9,
}
