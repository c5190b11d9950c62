namespace RobustMeta.Data.Reading.Columnar;

/// <summary>What the stored values of a column stand for (<c>ConvertedType</c> and <c>LogicalType</c> of the format).</summary>
internal enum ParquetMeaning
{
    /// <summary>Themselves: numbers with a sign, truth values, texts.</summary>
    Plain,
    Unsigned,
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Uuid,

    /// <summary>A floating-point number of two bytes.</summary>
    Half,
    List,
    Map,

    /// <summary>One that no column of a data set has, such as a length of time in months, days and milliseconds.</summary>
    Other,
}
