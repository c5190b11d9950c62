using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Reads the ratings of one large file in chunks on several threads, with the result and the first error of reading it
/// from beginning to end.
/// </summary>
/// <remarks>
/// A chunk begins at a line, as if it were outside of quotes; whether it was is known once the chunk before has ended there.
/// Chunks are joined in the order of the file, so that users and items are numbered by first appearance. A chunk that began
/// within quotes, failed, or may pass a limit is read again when its turn comes, row by row behind those before it: what it
/// then throws is the error of reading from beginning to end.
/// </remarks>
internal sealed class ChunkedRatings
{
    private readonly string path;
    private readonly FileDialect dialect;
    private readonly RatingFields fields;
    private readonly int width;
    private readonly ReadLimits limits;
    private readonly ReadChunks chunks;
    private readonly object gate = new();

    // How far the joined rows go, and how their times are written.
    private long position;
    private long number;
    private string? timeFormat;
    private volatile bool isStopped;

    /// <summary>Chunks of the rest of a file.</summary>
    /// <param name="lines">The file; its next line is the first record.</param>
    /// <param name="dialect">How it is written.</param>
    /// <param name="fields">Which fields are read.</param>
    /// <param name="width">Number of fields of a record.</param>
    /// <param name="timeFormat">How times are written; null takes that of the first time.</param>
    /// <param name="limits">What the file may hold.</param>
    /// <param name="chunks">Threads and size.</param>
    public ChunkedRatings(
        ByteLineReader lines,
        FileDialect dialect,
        RatingFields fields,
        int width,
        string? timeFormat,
        ReadLimits limits,
        ReadChunks chunks
    )
    {
        (path, position, number) = (lines.Path, lines.Offset, lines.Number);
        this.dialect = dialect;
        this.fields = fields;
        this.width = width;
        this.timeFormat = timeFormat;
        this.limits = limits;
        this.chunks = chunks;
    }

    /// <summary>Whether a file is read in chunks: as it is on the disk, within the limit of its size, and more than one chunk.</summary>
    public static bool Suits(ByteLineReader lines, ReadLimits limits, ReadChunks chunks) =>
        lines.IsAsWritten
        && new FileInfo(lines.Path).Length is var length
        && length <= limits.FileBytes
        && length - lines.Offset > chunks.Bytes;

    /// <summary>Adds all rows.</summary>
    /// <exception cref="DataFormatException">A record is malformed, or a limit is passed.</exception>
    public void AddTo(RatingsBuilder builder)
    {
        var (first, length) = (position, new FileInfo(path).Length);
        var count = checked((int)((length - first + chunks.Bytes - 1) / chunks.Bytes));
        var (read, next) = (new RatingsChunk?[count], 0);
        long Start(int chunk) => first + chunk * chunks.Bytes;
        long Limit(int chunk) => Math.Min(Start(chunk + 1), length);

        void JoinThoseReady()
        {
            while (next < count && read[next] is { } chunk && TryJoin(chunk, builder, length))
            {
                read[next++] = null;
            }
            // In its turn and failed: this file has an error, and nobody needs the rest.
            isStopped |= next < count && read[next] is { Rows: null } failed && failed.Start == position;
        }

        using (var pool = new WorkerPool(chunks.Threads))
        {
            var (begin, line) = (position, number);
            pool.Run(
                count,
                (_, chunk) =>
                {
                    var rows = isStopped
                        ? null
                        : Read(chunk == 0 ? begin : Start(chunk), line, chunk == 0, Limit(chunk));
                    lock (gate)
                    {
                        read[chunk] = rows;
                        JoinThoseReady();
                    }
                }
            );
        }
        var isMore = true;
        for (; next < count && isMore; next++)
        {
            isMore = (read[next] is { } chunk && TryJoin(chunk, builder, length)) || ReadAgain(Limit(next), builder);
            read[next] = null;
        }
    }

    private RatingsChunk Read(long offset, long line, bool isFirst, long limit)
    {
        var (start, format) = (-1L, timeFormat);
        try
        {
            using var reader = isFirst ? OpenAt(offset, line) : OpenAt(offset - 1, 1);
            if (!isFirst)
            {
                // The rest of a line, which the chunk before reads; none where the chunk begins with a line.
                reader.TryRead(out _);
            }
            (start, var before) = (reader.Offset, reader.Number);
            var rows = new RatingsBuilder(DuplicateRule.KeepLast, null, limits);
            var (isWhole, times) = Add(reader, limit, format, rows);
            return new(start, reader.Offset, reader.Number - before, isWhole ? rows : null, times);
        }
        catch (Exception error) when (error is DataFormatException or IOException)
        {
            return new(start, start, 0, null, null);
        }
    }

    // False behind the last record of the file.
    private bool ReadAgain(long limit, RatingsBuilder builder)
    {
        using var reader = OpenAt(position, number);
        (var isMore, timeFormat) = Add(reader, limit, timeFormat, builder);
        (position, number) = (reader.Offset, reader.Number);
        return isMore;
    }

    // Adds the records that begin before a limit; false where there is no record although there are bytes.
    private (bool IsMore, string? TimeFormat) Add(
        ByteLineReader reader,
        long limit,
        string? format,
        RatingsBuilder builder
    )
    {
        var records = new DelimitedRecords(reader, dialect, width);
        var times = new TimeParser(format);
        while (reader.Offset < limit)
        {
            if (!records.TryRead())
            {
                return (false, times.Format);
            }
            fields.AddTo(builder, records, times);
        }
        return (true, times.Format);
    }

    private bool TryJoin(RatingsChunk chunk, RatingsBuilder builder, long length)
    {
        var isNext =
            chunk.Rows is not null
            && chunk.Start == position
            && (timeFormat is null || chunk.TimeFormat is null || chunk.TimeFormat == timeFormat);
        if (
            !isNext
            || !builder.TryAppend(chunk.Rows!, (length - chunk.End) / (double)Math.Max(1, chunk.End - chunk.Start))
        )
        {
            return false;
        }
        position = chunk.End;
        number += chunk.Lines;
        timeFormat ??= chunk.TimeFormat;
        return true;
    }

    private ByteLineReader OpenAt(long offset, long line) => new(path, limits, offset, line);
}
