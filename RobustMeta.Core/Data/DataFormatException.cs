namespace RobustMeta.Data;

/// <summary>A data file does not have the format that its reader expects.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>An error at a place of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">Line, or row of a Parquet file, from 1; 0 when the whole file is meant.</param>
    /// <param name="column">Column (field), from 1; 0 when the whole line is meant.</param>
    /// <param name="expected">What was expected there, and what stood there.</param>
    /// <param name="cause">The error below it, or null.</param>
    public DataFormatException(string file, long line, int column, string expected, Exception? cause = null)
        : base(Place(file, line, column) + ": " + expected, cause)
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Line, or row of a Parquet file, from 1; 0 when the whole file is meant.</summary>
    public long Line { get; }

    /// <summary>Column (field), from 1; 0 when the whole line is meant.</summary>
    public int Column { get; }

    private static string Place(string file, long line, int column) =>
        (line, column) switch
        {
            (0, _) => file,
            (_, 0) => FormattableString.Invariant($"{file}, {Unit(file)} {line}"),
            _ => FormattableString.Invariant($"{file}, {Unit(file)} {line}, column {column}"),
        };

    private static string Unit(string file) => Reading.DataFile.IsParquet(file) ? "row" : "line";
}
