namespace RobustMeta.Data.Reading;

/// <summary>How a large file is read in chunks at a time.</summary>
/// <param name="Threads">Number of threads, at least 1.</param>
/// <param name="Bytes">Size of a chunk; it ends with the record that begins before this many bytes.</param>
internal sealed record ReadChunks(int Threads, long Bytes)
{
    /// <summary>Chunks large enough that joining them is a small part; null, which is one after another, on a single core.</summary>
    public static ReadChunks? Default { get; } =
        Environment.ProcessorCount > 1 ? new(Environment.ProcessorCount, 16L << 20) : null;
}
