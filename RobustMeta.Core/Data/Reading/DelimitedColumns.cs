using System.Globalization;
using System.Text;
using RobustMeta.Settings;

namespace RobustMeta.Data.Reading;

/// <summary>Finds columns by header or by position.</summary>
internal sealed class DelimitedColumns
{
    private readonly ByteLineReader reader;
    private readonly List<string>? names;

    /// <summary>Reads the header, where the file has one.</summary>
    public DelimitedColumns(DelimitedRecords records, ByteLineReader reader, bool hasHeader)
    {
        this.reader = reader;
        if (!hasHeader)
        {
            return;
        }
        if (!records.TryRead())
        {
            throw new DataFormatException(reader.Path, 1, 0, "expected a header line, found an empty file");
        }
        names = [];
        for (var i = 0; i < records.Count; i++)
        {
            names.Add(Encoding.UTF8.GetString(records[i]).Trim());
        }
    }

    /// <summary>The place, from 0, of a column.</summary>
    /// <exception cref="DataFormatException">There is none; the message names the nearest.</exception>
    public int Find(string column)
    {
        if (names is null)
        {
            return
                int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0
                ? position - 1
                : throw new DataFormatException(
                    reader.Path,
                    0,
                    0,
                    $"the file has no header, so a column is named by its position from 1, not by '{column}'"
                );
        }
        var place = names.IndexOf(column);
        return place >= 0
            ? place
            : throw new DataFormatException(
                reader.Path,
                1,
                0,
                $"expected a column '{column}'{NearestName.Hint(column, names)}; columns: {string.Join(", ", names)}"
            );
    }
}
