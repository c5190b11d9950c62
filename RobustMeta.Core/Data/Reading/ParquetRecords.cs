using System.Text;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The rows of a Parquet file. A column is read when one of its fields is asked for first in a group of rows, so that columns that
/// are not asked for cost nothing. Lists of texts or numbers are fields too; structures and maps are not.
/// </summary>
internal sealed class ParquetRecords : Records, IReadPosition, IDisposable
{
    private readonly string path;
    private readonly ReadLimits limits;
    private readonly ParquetReader reader;
    private readonly IReadOnlyList<Field> fields;
    private readonly ParquetValues?[] values;

    // Fields of the current row as UTF-8, each in a place of its own.
    private readonly byte[][] encoded;
    private ParquetRowGroupReader? group;
    private long rowsBefore;
    private int rowsOfGroup;
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
        reader = Damaged(() => ParquetReader.CreateAsync(Checked(Open())).GetAwaiter().GetResult());
        fields = Damaged(() => reader.Schema.Fields);
        RequireAllRows();
        Names = [.. fields.Select(field => field.Name)];
        values = new ParquetValues?[fields.Count];
        encoded = [.. fields.Select(_ => new byte[1 << 6])];
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What the columns hold, in the words of the format, by their places.</summary>
    public IReadOnlyList<string> Types => [.. fields.Select(TypeOf)];

    public override int Count => fields.Count;

    public override long Started => rowsBefore + row;

    public override IReadPosition Position => this;

    public override ReadOnlySpan<byte> this[int field] => Encode(field);

    public override bool TryRead()
    {
        while (row == rowsOfGroup)
        {
            if (nextGroup == reader.RowGroupCount)
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
        fields[field].SchemaType == SchemaType.List ? Values(field).List(row - 1) : null;

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

    public void Dispose()
    {
        CloseGroup();
        reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

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

    private static Stream Checked(Stream file)
    {
        ParquetFooter.Check(file);
        return file;
    }

    // Group by group and in all, or a damaged number would leave rows out.
    private void RequireAllRows()
    {
        var (all, inGroups) = Damaged(() =>
            (reader.Metadata!.NumRows, reader.Metadata.RowGroups.Sum(rows => rows.NumRows))
        );
        if (all != inGroups)
        {
            throw Broken($"{inGroups} rows in its groups and {all} in all");
        }
    }

    private void OpenGroup()
    {
        CloseGroup();
        group = Damaged(() => reader.OpenRowGroupReader(nextGroup));
        rowsBefore += rowsOfGroup;
        nextGroup++;
        row = 0;
        rowsOfGroup = group.RowCount is >= 0 and < int.MaxValue and var count
            ? (int)count
            : throw Broken($"a group of {group.RowCount} rows");
    }

    private void CloseGroup()
    {
        foreach (var column in values)
        {
            column?.Dispose();
        }
        Array.Clear(values);
        group?.Dispose();
    }

    private ParquetValues Values(int field) => values[field] ??= Read(fields[field]);

    private ParquetValues Read(Field field)
    {
        var data = field as DataField ?? (field as ListField)?.Item as DataField ?? throw NoType(field);
        var raw = Damaged(() => group!.ReadRawColumnDataBaseAsync(data).AsTask().GetAwaiter().GetResult());
        var starts = Damaged(() => Starts(raw, data));
        var column = ParquetValues.Of(raw, starts) ?? throw NoType(field);
        // The library makes room for the nulls too, behind the values.
        var isWhole = starts is null ? column.Room == rowsOfGroup : column.Room >= starts[^1];
        return isWhole
            ? column
            : throw Broken($"{column.Room} values of '{data.Name}' in a group of {rowsOfGroup} rows");
    }

    // A row's values: those of its level of definition; a row starts where the level of repetition is 0 (Dremel, section 4).
    private int[]? Starts(RawColumnData raw, DataField data)
    {
        if (data is { MaxRepetitionLevel: 0, MaxDefinitionLevel: 0 })
        {
            return null;
        }
        var defined = raw.DefinitionLevels;
        var repeated = data.MaxRepetitionLevel > 0 ? raw.RepetitionLevels : [];
        // Before room is made for rows that the file only claims to have.
        if (defined.Length < rowsOfGroup)
        {
            throw Broken($"{defined.Length} values of '{data.Name}' in a group of {rowsOfGroup} rows");
        }
        var starts = new int[rowsOfGroup + 1];
        var (rows, count) = (0, 0);
        for (var i = 0; i < defined.Length; i++)
        {
            if (repeated.IsEmpty || repeated[i] == 0)
            {
                starts[rows++] = count;
            }
            count += defined[i] == data.MaxDefinitionLevel ? 1 : 0;
        }
        starts[rows] = count;
        return rows == rowsOfGroup ? starts : throw Broken($"{rows} rows of '{data.Name}' in a group of {rowsOfGroup}");
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

    private static string TypeOf(Field field) =>
        field switch
        {
            DataField data => Named(data),
            ListField { Item: DataField item } => $"list of {Named(item)}",
            _ => field.SchemaType.ToString().ToLowerInvariant(),
        };

    private static string Named(DataField data) =>
        data.ClrType == typeof(ReadOnlyMemory<char>) ? "text" : data.ClrType.Name.ToLowerInvariant();

    private DataFormatException NoType(Field field) =>
        new(
            path,
            0,
            0,
            $"expected texts, numbers, times or lists of these in the column '{field.Name}', found the type {TypeOf(field)}; "
                + "write the column anew as one of these, or name another"
        );

    private DataFormatException Broken(string found, Exception? cause = null) =>
        new(path, 0, 0, $"expected a whole Parquet file, found {found}; write or fetch it again", cause);

    // The library fails in many ways on bytes that are not of the format.
    private T Damaged<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not (DataFormatException or UnauthorizedAccessException))
        {
            throw Broken($"other content ({error.GetType().Name})", error);
        }
    }
}
