using System.Buffers.Text;

namespace RobustMeta.Data.Reading;

/// <summary>The fields of one line, read from left to right; every error names the line and the column.</summary>
public ref struct Fields
{
    private readonly ByteLineReader reader;
    private readonly ReadOnlySpan<byte> separator;
    private ReadOnlySpan<byte> rest;
    private bool hasMore;

    /// <summary>The fields of a line.</summary>
    /// <param name="reader">Where the line comes from, for errors.</param>
    /// <param name="line">The line.</param>
    /// <param name="separator">What stands between two fields.</param>
    public Fields(ByteLineReader reader, ReadOnlySpan<byte> line, ReadOnlySpan<byte> separator)
    {
        this.reader = reader;
        this.separator = separator;
        rest = line;
        hasMore = true;
    }

    /// <summary>Column of the field that was read last, from 1.</summary>
    public int Column { get; private set; }

    /// <summary>The next field.</summary>
    /// <param name="what">What it should hold, for the error when the line has ended.</param>
    public ReadOnlySpan<byte> Next(string what)
    {
        Column++;
        if (!hasMore)
        {
            throw reader.Error(Column, $"expected {what}, found the end of the line");
        }
        var length = separator.Length == 1 ? rest.IndexOf(separator[0]) : rest.IndexOf(separator);
        hasMore = length >= 0;
        var field = hasMore ? rest[..length] : rest;
        reader.RequireField(Column, field.Length);
        rest = hasMore ? rest[(length + separator.Length)..] : [];
        return field;
    }

    /// <summary>The next field, which must not be empty.</summary>
    public ReadOnlySpan<byte> NextToken(string what)
    {
        var field = Next(what);
        return field.IsEmpty ? throw Wrong(what, field) : field;
    }

    /// <summary>The next field as a finite number.</summary>
    public float NextNumber(string what)
    {
        var field = Next(what);
        return
            Utf8Parser.TryParse(field, out float value, out var used) && used == field.Length && float.IsFinite(value)
            ? value
            : throw Wrong(what, field);
    }

    /// <summary>The next field as an integer.</summary>
    public long NextInteger(string what)
    {
        var field = Next(what);
        return Utf8Parser.TryParse(field, out long value, out var used) && used == field.Length
            ? value
            : throw Wrong(what, field);
    }

    /// <summary>Refuses a line that has more fields.</summary>
    public void RequireEnd()
    {
        if (hasMore)
        {
            throw reader.Error(Column + 1, $"expected the end of the line, found '{Excerpt.Of(rest)}'");
        }
    }

    private DataFormatException Wrong(string what, ReadOnlySpan<byte> field) =>
        reader.Error(Column, $"expected {what}, found '{Excerpt.Of(field)}'");
}
