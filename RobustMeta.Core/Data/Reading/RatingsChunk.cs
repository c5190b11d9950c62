namespace RobustMeta.Data.Reading;

/// <summary>The ratings of a chunk of a file.</summary>
/// <param name="Start">Bytes of the file before its first record.</param>
/// <param name="End">Bytes of the file up to the end of its last record.</param>
/// <param name="Lines">Number of lines between.</param>
/// <param name="Rows">The rows, with numbers of their own for users and items; null where reading failed.</param>
/// <param name="TimeFormat">How times are written; null where there was none.</param>
internal sealed record RatingsChunk(long Start, long End, long Lines, RatingsBuilder? Rows, string? TimeFormat);
