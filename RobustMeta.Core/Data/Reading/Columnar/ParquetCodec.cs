namespace RobustMeta.Data.Reading.Columnar;

/// <summary>How pages are compressed (<c>CompressionCodec</c> of the format).</summary>
internal enum ParquetCodec
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>Blocks of LZ4 as Hadoop frames them, or one without a frame.</summary>
    Lz4 = 5,
    Zstandard = 6,
    Lz4Raw = 7,
}
