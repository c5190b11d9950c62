using Parquet;
using Parquet.Schema;
using RobustMeta.Runtime;

namespace RobustMeta.Data;

/// <summary>Writes tables as Parquet files (Apache Parquet 2, compressed by Snappy), which pandas, Arrow and DuckDB read.</summary>
public static class ParquetFile
{
    /// <summary>Rows that are held in memory and written together.</summary>
    public const int RowsOfGroup = 1 << 17;

    /// <summary>
    /// Writes a table; the file is there whole or not at all. The same rows and columns give the same bytes. Rows are taken one
    /// after another and written in groups of <see cref="RowsOfGroup"/>, so a table need not fit into memory.
    /// </summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="columns">The columns, in order; at least one, with names that differ.</param>
    /// <exception cref="ArgumentException">There is no column, or two have the same name.</exception>
    /// <exception cref="IOException">The file could not be written; the old one, if any, is as it was.</exception>
    public static void Write<TRow>(
        string path,
        IEnumerable<TRow> rows,
        params IReadOnlyList<ParquetColumn<TRow>> columns
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        RequireNames(columns);
        // The library has no synchronous form; writing to a file that was opened so never yields.
        DurableFile.Write(path, stream => Write(stream, rows, columns).GetAwaiter().GetResult());
    }

    private static async Task Write<TRow>(
        Stream stream,
        IEnumerable<TRow> rows,
        IReadOnlyList<ParquetColumn<TRow>> columns
    )
    {
        var schema = new ParquetSchema(columns.Select(column => column.Field));
        await using var writer = await ParquetWriter.CreateAsync(schema, stream).ConfigureAwait(false);
        foreach (var rowsOfGroup in rows.Chunk(RowsOfGroup))
        {
            using var group = writer.CreateRowGroup();
            foreach (var column in columns)
            {
                await column.Write(group, rowsOfGroup).ConfigureAwait(false);
            }
        }
    }

    private static void RequireNames<TRow>(IReadOnlyList<ParquetColumn<TRow>> columns)
    {
        if (columns.Count == 0)
        {
            throw new ArgumentException("A Parquet file needs at least one column.", nameof(columns));
        }
        var twice = columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"Two columns have the name '{twice.Key}'.", nameof(columns));
        }
    }
}
