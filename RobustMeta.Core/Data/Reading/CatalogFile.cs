using System.Globalization;
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
        "page",
        "url",
        "licence",
        "note",
        "reader",
        "labelThreshold",
        "userFeatures",
        "itemFeatures",
        "duplicates",
        "files",
        "columns",
    ];

    private static readonly string[] ColumnKeys =
    [
        "ratings",
        "user",
        "item",
        "rating",
        "time",
        "notRated",
        "users",
        "usersId",
        "userFeatures",
        "items",
        "itemsId",
        "itemFeatures",
        "separator",
        "header",
        "quoted",
        "backslash",
        "latin1",
    ];

    /// <summary>The entries of a text.</summary>
    /// <param name="text">TOML.</param>
    /// <param name="place">Name of the file, for errors.</param>
    /// <exception cref="SettingException">A key is unknown, missing or of the wrong type, or a name is taken.</exception>
    public static IEnumerable<CatalogEntry> Parse(string text, string place)
    {
        TomlTable root;
        try
        {
            root = TomlSerializer.Deserialize<TomlTable>(text) ?? [];
        }
        catch (TomlException error)
        {
            throw new SettingException($"{place}: {error.Message}");
        }
        return [.. root.Select(pair => Entry(pair.Key, pair.Value, place))];
    }

    private static CatalogEntry Entry(string name, object? value, string place)
    {
        if (name == SyntheticRatings.Name)
        {
            throw new SettingException(
                $"{place}: the name '{name}' is taken by the generated world; give the data set another one."
            );
        }
        var table = new Table(value, $"{place}: {name}", Keys);
        return new()
        {
            Name = name,
            Title = table.Text("title") ?? name,
            Page = table.Text("page") ?? "",
            Url = table.Address("url"),
            Licence = table.Text("licence") ?? "",
            Note = table.Text("note") ?? "",
            Reader = table.Require("reader"),
            LabelThreshold = table.Number("labelThreshold"),
            UserFeatures = table.Texts("userFeatures"),
            ItemFeatures = table.Texts("itemFeatures"),
            Duplicates = table.Text("duplicates") is { } rule ? table.Enum<DuplicateRule>("duplicates", rule) : default,
            Files = table.Map("files"),
            Columns = table.Has("columns") ? Columns(table.Inner("columns", ColumnKeys)) : null,
        };
    }

    private static DelimitedSpec Columns(Table table) =>
        new()
        {
            Ratings = table.Require("ratings"),
            User = table.Require("user"),
            Item = table.Require("item"),
            Rating = table.Text("rating"),
            Time = table.Text("time"),
            NotRated = table.Numbers("notRated"),
            Users = table.Text("users"),
            UsersId = table.Text("usersId"),
            UserFeatures = [.. table.Texts("userFeatures").Select(text => Feature(table, text))],
            Items = table.Text("items"),
            ItemsId = table.Text("itemsId"),
            ItemFeatures = [.. table.Texts("itemFeatures").Select(text => Feature(table, text))],
            Separator = table.Text("separator") ?? ",",
            Header = table.Flag("header") ?? true,
            Quoted = table.Flag("quoted") ?? true,
            Backslash = table.Flag("backslash") ?? false,
            Latin1 = table.Flag("latin1") ?? false,
        };

    // COLUMN[=NAME]:KIND[:SEPARATOR], e.g. "genre:bag:,".
    private static DelimitedFeature Feature(Table table, string text)
    {
        var parts = text.Split(':', 3);
        var names = parts[0].Split('=', 2);
        var kind = parts.Length > 1 ? table.Enum<FeatureKind>(text, parts[1]) : FeatureKind.Token;
        return new(names[0], kind, names[^1], parts.Length > 2 ? parts[2] : "|");
    }

    private sealed class Table
    {
        private readonly TomlTable table;
        private readonly string place;

        public Table(object? value, string place, string[] keys)
        {
            this.place = place;
            table = value as TomlTable ?? throw new SettingException($"{place}: expected a table [name].");
            foreach (var key in table.Keys.Where(key => !keys.Contains(key)))
            {
                throw new SettingException($"{place}: there is no key '{key}'{NearestName.Hint(key, keys)}");
            }
        }

        public bool Has(string key) => table.ContainsKey(key);

        public Table Inner(string key, string[] keys) => new(table[key], $"{place}.{key}", keys);

        public string? Text(string key) =>
            !table.TryGetValue(key, out var value) ? null : value as string ?? throw Wrong(key, "a text");

        public string Require(string key) => Text(key) ?? throw new SettingException($"{place}: '{key}' is missing.");

        public Uri? Address(string key) =>
            Text(key) is not { } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
            : throw Wrong(key, "an absolute address");

        public bool? Flag(string key) =>
            !table.TryGetValue(key, out var value) ? null : value as bool? ?? throw Wrong(key, "true or false");

        public double Number(string key) =>
            table.TryGetValue(key, out var value) && value is long or double
                ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
                : throw Wrong(key, "a number");

        public IReadOnlyList<string> Texts(string key) =>
            !table.TryGetValue(key, out var value) ? []
            : value is TomlArray array && array.All(x => x is string) ? [.. array.Cast<string>()]
            : throw Wrong(key, "a list of texts");

        public IReadOnlyList<double> Numbers(string key) =>
            !table.TryGetValue(key, out var value) ? []
            : value is TomlArray array && array.All(x => x is long or double)
                ? [.. array.Select(x => Convert.ToDouble(x, CultureInfo.InvariantCulture))]
            : throw Wrong(key, "a list of numbers");

        public IReadOnlyDictionary<string, string> Map(string key) =>
            table.TryGetValue(key, out var value) && value is TomlTable map && map.Values.All(x => x is string)
                ? map.ToDictionary(pair => pair.Key, pair => ((string)pair.Value).ToLowerInvariant())
                : throw Wrong(key, "a table of file names and SHA-256 sums");

        public T Enum<T>(string key, string text)
            where T : struct, Enum =>
            System.Enum.TryParse<T>(text, ignoreCase: true, out var value) && System.Enum.IsDefined(value)
                ? value
                : throw Wrong(key, $"one of {string.Join(", ", System.Enum.GetNames<T>())}");

        private SettingException Wrong(string key, string expected) => new($"{place}: '{key}' must be {expected}.");
    }
}
