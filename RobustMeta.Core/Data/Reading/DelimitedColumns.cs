using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Data.Reading;

/// <summary>Finds columns by header or by position.</summary>
internal sealed class DelimitedColumns
{
    private readonly string path;
    private readonly List<string>? names;

    /// <summary>Columns of a file that names them elsewhere than in its first line.</summary>
    public DelimitedColumns(IReadOnlyList<string> names, string path)
    {
        this.path = path;
        this.names = [.. names];
    }

    /// <summary>Reads the header, where the file has one.</summary>
    public DelimitedColumns(Records records, string path, bool hasHeader)
    {
        this.path = path;
        if (!hasHeader)
        {
            return;
        }
        if (!records.TryRead())
        {
            throw new DataFormatException(path, 1, 0, "expected a header line, found an empty file");
        }
        names = [];
        for (var i = 0; i < records.Count; i++)
        {
            names.Add(records.Text(i).Trim());
        }
    }

    /// <summary>The file.</summary>
    public string File => path;

    /// <summary>Headers; empty where the file has none.</summary>
    public IReadOnlyList<string> Names => names ?? [];

    /// <summary>The place, from 0, of a column.</summary>
    /// <exception cref="DataFormatException">There is none, or there are two; the message names the nearest.</exception>
    public int Find(string column)
    {
        if (names is not null && Place(column) is var place and >= 0)
        {
            return place;
        }
        if (DialectDetector.IsPosition(column))
        {
            var position = int.Parse(column, CultureInfo.InvariantCulture);
            return names is null || position <= names.Count
                ? position - 1
                : throw new DataFormatException(
                    path,
                    1,
                    0,
                    $"expected a column {position}, found {names.Count} columns: {List()}"
                );
        }
        throw names is null
            ? new DataFormatException(
                path,
                0,
                0,
                $"the file has no header, so a column is named by its position from 1, not by '{column}'"
            )
            : new DataFormatException(
                path,
                1,
                0,
                $"expected a column '{column}'{NearestName.End(column, names)} Columns: {List()}"
            );
    }

    /// <summary>The place of a column that is recognised by its header.</summary>
    /// <param name="what">What it holds, for the message.</param>
    /// <param name="known">Headers that are recognised.</param>
    /// <param name="key">Key of the setting that names the column.</param>
    /// <param name="place">Where it is written.</param>
    public int Recognise(
        string what,
        IReadOnlyList<string> known,
        string key,
        SettingsPlace place = SettingsPlace.Catalog
    ) =>
        HeaderNames.Find(Names, known) is { } name
            ? Find(name)
            : throw new DataFormatException(
                path,
                1,
                0,
                $"expected a column of {what}, such as {string.Join(", ", known.Take(4))}; found "
                    + $"{(names is null ? "no header" : List())}. {Naming(key, known, place)}"
            );

    private static string Naming(string key, IReadOnlyList<string> known, SettingsPlace place) =>
        place switch
        {
            SettingsPlace.Catalog => $"Name it: {key} = \"…\" or its position from 1",
            SettingsPlace.Command => $"Name it, or its position from 1, in the command: {key} NAME",
            _ => $"Give it the header {known[0]}",
        };

    private string List() => Excerpts(names!);

    private static string Excerpts(List<string> names) =>
        string.Join(", ", names.Take(20).Select(Excerpt.Of)) + (names.Count > 20 ? ", …" : "");

    private int Place(string column)
    {
        var place = names!.IndexOf(column);
        // RecBole's headers carry a type, which a name may leave out.
        if (place < 0 && !column.Contains(':'))
        {
            place = names.FindIndex(name => name.StartsWith(column + ":", StringComparison.Ordinal));
        }
        return place < 0 || names.LastIndexOf(names[place]) == place
            ? place
            : throw new DataFormatException(
                path,
                1,
                names.LastIndexOf(names[place]) + 1,
                $"the column '{Excerpt.Of(names[place])}' occurs twice, as {place + 1} and "
                    + $"{names.LastIndexOf(names[place]) + 1}; name the one that is meant by its position"
            );
    }
}
