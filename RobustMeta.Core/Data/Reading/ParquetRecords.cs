using System.Globalization;
using System.Text;
using RobustMeta.Data.Reading.Columnar;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The rows of a Parquet file. A column is read when one of its fields is asked for first in a group of rows, so that columns that
/// are not asked for cost nothing. Lists of texts or numbers are fields too; structures and maps are not.
/// </summary>
internal sealed class ParquetRecords : Records, IReadPosition, IDisposable
{
    // A file below this size may become any size below it: short files of one repeated value compress well.
    private const long RatioMatters = 64L << 20;
    private readonly string path;
    private readonly ReadLimits limits;
    private readonly Stream file;
    private readonly ParquetFooter footer;
    private readonly ParquetValues?[] values;

    // Fields of the current row as UTF-8, each in a place of its own.
    private readonly byte[][] encoded;
    private ParquetGroup group = new(0, []);
    private long rowsBefore;
    private int nextGroup;
    private int row;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, plain or <c>.gz</c>.</param>
    /// <param name="limits">What it may hold.</param>
    /// <exception cref="DataFormatException">It is not there, or no Parquet file.</exception>
    public ParquetRecords(string path, ReadLimits limits)
    {
        this.path = path;
        this.limits = limits;
        file = Open();
        try
        {
            footer = Damaged(() => ParquetFooter.Read(file, RequireColumns));
            RequireRows();
        }
        catch
        {
            file.Dispose();
            throw;
        }
        Names = [.. footer.Fields.Select(field => field.Name)];
        values = new ParquetValues?[footer.Fields.Count];
        encoded = [.. footer.Fields.Select(_ => new byte[1 << 6])];
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What the columns hold, in the words of the format, by their places.</summary>
    public IReadOnlyList<string> Types => [.. footer.Fields.Select(column => column.Type)];

    public override int Count => footer.Fields.Count;

    public override long Started => rowsBefore + row;

    public override IReadPosition Position => this;

    public override ReadOnlySpan<byte> this[int field] => Encode(field);

    public override bool TryRead()
    {
        while (row == group.Rows)
        {
            if (nextGroup == footer.Groups.Count)
            {
                return false;
            }
            OpenGroup();
        }
        row++;
        return true;
    }

    public override bool IsNull(int field) => Values(field).IsNull(row - 1);

    public override string Text(int field) => Values(field).IsNull(row - 1) ? "" : Values(field).Text(row - 1);

    public override IReadOnlyList<string>? List(int field) =>
        footer.Fields[field].IsList ? Values(field).List(row - 1) : null;

    public override ReadOnlySpan<byte> Token(int field, string what)
    {
        var bytes = Encode(field);
        return bytes.Length == 0 ? throw Error(field, what)
            : bytes.Length <= limits.FieldBytes ? bytes
            : throw Error(field, $"{what} of at most {limits.FieldBytes} bytes (limit 'fieldBytes')");
    }

    public override double Number(int field, string what) =>
        Values(field).Number(row - 1) is { } number && double.IsFinite(number) ? number : throw Error(field, what);

    public override DataFormatException Error(int field, string expected)
    {
        var found =
            field >= Count ? $"{Count} columns"
            : Values(field).IsNull(row - 1) ? "no value"
            : $"'{Excerpt.Of(Text(field))}'";
        return new(path, Started, field + 1, $"expected {expected} in the column '{Name(field)}', found {found}");
    }

    DataFormatException IReadPosition.Error(int column, string expected) => new(path, Started, column, expected);

    public void Dispose() => file.Dispose();

    // What a page may become at most, and eight times the values of a column.
    private long Most => Math.Max(RatioMatters, limits.Ratio * file.Length);

    private Stream Open()
    {
        // Checks that it is a regular file, and decompresses; the format is read from its end, which a pipe has not.
        using var content = DataFile.Open(path, limits);
        if (!DataFile.IsCompressed(path))
        {
            return File.OpenRead(path);
        }
        var whole = new MemoryStream();
        content.CopyTo(whole);
        return whole;
    }

    private void RequireColumns(int count)
    {
        if (count > limits.Columns)
        {
            throw new DataFormatException(path, 0, 0, limits.FewerColumns);
        }
    }

    private void RequireRows()
    {
        var rows = footer.Groups.Sum(group => (long)group.Rows);
        if (rows > Most / ParquetValues.LeastBytes)
        {
            throw new DataFormatException(
                path,
                0,
                0,
                string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows in a file of {file.Length:N0} bytes")
                    + "; if that is right, "
                    + limits.Advice("ratio")
            );
        }
    }

    private void OpenGroup()
    {
        Array.Clear(values);
        rowsBefore += group.Rows;
        group = footer.Groups[nextGroup++];
        row = 0;
    }

    private ParquetValues Values(int field) => values[field] ??= Read(footer.Fields[field]);

    private ParquetValues Read(ParquetField field)
    {
        var leaf = field.Leaf ?? throw NoType(field);
        var chunk = group.Chunks[leaf.Place];
        var bytes = new byte[chunk.Length];
        file.Seek(chunk.Start, SeekOrigin.Begin);
        file.ReadExactly(bytes);
        return Damaged(() => ParquetValues.Read(chunk, leaf, bytes, group.Rows, Most));
    }

    private ReadOnlySpan<byte> Encode(int field)
    {
        var text = Text(field);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > encoded[field].Length)
        {
            encoded[field] = new byte[2 * most];
        }
        return encoded[field].AsSpan(0, Encoding.UTF8.GetBytes(text, encoded[field]));
    }

    private string Name(int field) => field < Count ? Names[field] : $"{field + 1}";

    private DataFormatException NoType(ParquetField field) =>
        new(
            path,
            0,
            0,
            $"expected texts, numbers, times or lists of these in the column '{field.Name}', found the type {field.Type}; "
                + "write the column anew as one of these, or name another"
        );

    private T Damaged<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(
                path,
                0,
                0,
                $"expected a whole Parquet file, found {error.Message}; write or fetch it again",
                error
            );
        }
    }
}
