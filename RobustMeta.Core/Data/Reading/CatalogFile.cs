using RobustMeta.Settings;
using Tomlyn;
using Tomlyn.Model;

namespace RobustMeta.Data.Reading;

/// <summary>Reads the entries of a catalog file (TOML, one table a data set), strictly.</summary>
internal static class CatalogFile
{
    private static readonly string[] Keys =
    [
        "title",
        "folder",
        "page",
        "url",
        "insecure",
        "licence",
        "note",
        "format",
        "reader",
        "feedback",
        "counts",
        "labelThreshold",
        "userFeatures",
        "itemFeatures",
        "duplicates",
        "files",
        "anyCopy",
        "columns",
        "options",
        "limits",
        "official",
    ];

    private static readonly string[] OfficialKeys = ["users", "items", "rows", "difference"];

    private static readonly string[] LimitKeys =
    [
        "users",
        "items",
        "rows",
        "lineBytes",
        "fieldBytes",
        "columns",
        "fileBytes",
        "ratio",
    ];

    /// <summary>The entries of a text, and what is wrong with those that are malformed, by name.</summary>
    /// <param name="text">TOML.</param>
    /// <param name="place">Name of the file, for errors.</param>
    /// <exception cref="SettingException">The text is no TOML; the message has line and column.</exception>
    public static (IReadOnlyList<CatalogEntry> Entries, IReadOnlyList<(string Name, string Problem)> Problems) Parse(
        string text,
        string place
    )
    {
        var root = Root(text, place);
        var entries = new List<CatalogEntry>();
        var problems = new List<(string, string)>();
        foreach (var (name, value) in root)
        {
            try
            {
                entries.Add(Entry(name, value, place));
            }
            catch (SettingException error)
            {
                problems.Add((name, error.Message));
            }
        }
        return (entries, problems);
    }

    private static TomlTable Root(string text, string place)
    {
        // Deserialising alone takes the last of two equal keys.
        _ = TomlParsing.Document(place, text);
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(text) ?? [];
        }
        catch (TomlException error)
        {
            // What the syntax alone does not tell; the first of several errors, in one line.
            throw new SettingException($"{place}: {error.Message.Trim().Split('\n')[0].TrimEnd()}");
        }
    }

    private static CatalogEntry Entry(string name, object? value, string place)
    {
        if (name == SyntheticRatings.Name)
        {
            throw new SettingException(
                $"{place}: the name '{name}' is taken by the generated world; give the data set another one."
            );
        }
        var table = new CatalogTable(value, $"{place}: {name}", Keys);
        RequireName(name, $"{place}: the name of a data set");
        var feedback = table.Enum<FeedbackKind>("feedback") ?? FeedbackKind.Explicit;
        var format =
            table.FilledText("format") ?? table.FilledText("reader") ?? throw table.Missing("format", "delimited");
        return new()
        {
            Name = name,
            Title = table.Text("title") ?? name,
            Folder = table.Text("folder") is { } folder ? RequireName(folder, $"{place}: {name}: 'folder'") : null,
            Page = table.Text("page") ?? "",
            Url = table.Address("url"),
            Insecure = table.Flag("insecure") ?? false,
            Licence = table.Text("licence") ?? "",
            Note = table.Text("note") ?? "",
            Format = format,
            Feedback = feedback,
            Counts = table.Text("counts") is { } rule ? CountRule.Parse(rule) : CountRule.Log,
            LabelThreshold =
                table.Number("labelThreshold")
                ?? (feedback == FeedbackKind.Positives ? 1 : throw table.Missing("labelThreshold")),
            UserFeatures = table.Texts("userFeatures"),
            ItemFeatures = table.Texts("itemFeatures"),
            Duplicates = table.Enum<DuplicateRule>("duplicates") ?? default,
            Files = table.Sums("files"),
            AnyCopy = table.Flag("anyCopy") ?? false,
            Columns = CatalogColumns.Of(table),
            Options = table.Inner("options", null)?.Values() ?? new Dictionary<string, string>(),
            Official = table.Inner("official", OfficialKeys) is { } official
                ? new()
                {
                    Users = official.Count("users"),
                    Items = official.Count("items"),
                    Rows = official.Count("rows"),
                    Difference = official.Text("difference") ?? "",
                }
                : new(),
            Limits = table.Inner("limits", LimitKeys) is { } limits ? Limits(limits) : ReadLimits.Default,
        };
    }

    private static ReadLimits Limits(CatalogTable table)
    {
        var usual = ReadLimits.Default;
        return new()
        {
            Users = table.Count("users") ?? usual.Users,
            Items = table.Count("items") ?? usual.Items,
            Rows = table.Count("rows") ?? usual.Rows,
            LineBytes = table.Count("lineBytes") ?? usual.LineBytes,
            Columns = table.Count("columns") ?? usual.Columns,
            FieldBytes = table.Count("fieldBytes") ?? usual.FieldBytes,
            FileBytes = table.Count("fileBytes") ?? usual.FileBytes,
            Ratio = table.Count("ratio") ?? usual.Ratio,
        };
    }

    // The name becomes part of paths: it must not lead out of the folder.
    internal static string RequireName(string name, string what) =>
        name.Length is > 0 and <= 100
        && char.IsAsciiLetterOrDigit(name[0])
        && name[^1] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw new SettingException(
                $"{what} must be letters, digits, '-', '_' and '.', starting with a letter or digit, not '{Excerpt.Of(name)}'."
            );
}
