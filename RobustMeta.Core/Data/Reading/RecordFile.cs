namespace RobustMeta.Data.Reading;

/// <summary>A file of records that is being read, by its ending as Parquet or as delimited text.</summary>
internal sealed class RecordFile : IDisposable
{
    private readonly IDisposable file;

    /// <summary>Opens a file, and finds out how it is written and which columns it has.</summary>
    /// <param name="path">The file, plain or <c>.gz</c>.</param>
    /// <param name="dialect">How delimited text is written; what is null is detected.</param>
    /// <param name="asked">Columns that will be asked for, by header or position.</param>
    /// <param name="limits">What the file may hold.</param>
    /// <exception cref="DataFormatException">It is not there, damaged, or empty.</exception>
    public RecordFile(string path, FileDialect dialect, IEnumerable<string> asked, ReadLimits limits)
    {
        if (DataFile.IsParquet(path))
        {
            var parquet = new ParquetRecords(path, limits);
            (file, Records, Dialect) = (parquet, parquet, dialect with { Header = true });
            Columns = new(parquet.Names, path);
            return;
        }
        Dialect = DialectDetector.Complete(path, dialect, asked, limits);
        var reader = new ByteLineReader(path, limits, DialectDetector.Source(Dialect));
        file = reader;
        try
        {
            Records = new DelimitedRecords(reader, Dialect);
            Columns = new(Records, path, Dialect.Header ?? true);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The records behind the header.</summary>
    public Records Records { get; }

    /// <summary>The columns.</summary>
    public DelimitedColumns Columns { get; }

    /// <summary>The lines of a delimited file; null for Parquet.</summary>
    public ByteLineReader? Lines => file as ByteLineReader;

    /// <summary>How the file is written.</summary>
    public FileDialect Dialect { get; }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
