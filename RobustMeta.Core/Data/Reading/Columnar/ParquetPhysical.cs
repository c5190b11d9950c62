namespace RobustMeta.Data.Reading.Columnar;

/// <summary>How the values of a column are stored (<c>Type</c> of the format).</summary>
internal enum ParquetPhysical
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,

    /// <summary>Twelve bytes: nanoseconds of the day, and the Julian day.</summary>
    Int96 = 3,
    Float = 4,
    Double = 5,
    Bytes = 6,
    FixedBytes = 7,
}
