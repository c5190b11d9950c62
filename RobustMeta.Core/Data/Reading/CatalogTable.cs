using System.Globalization;
using RobustMeta.Settings;
using Tomlyn.Model;

namespace RobustMeta.Data.Reading;

/// <summary>One table of a catalog file, read strictly: unknown keys and wrong types are errors that name the place.</summary>
internal sealed class CatalogTable
{
    private readonly TomlTable table;
    private readonly string place;

    public CatalogTable(object? value, string place, IReadOnlyList<string>? keys)
    {
        this.place = place;
        table = value as TomlTable ?? throw new SettingException($"{place}: expected a table [name].");
        foreach (var key in table.Keys.Where(key => keys is not null && !keys.Contains(key)))
        {
            var hint = NearestName.Hint(key, keys!);
            throw new SettingException(
                $"{place}: there is no key '{key}'{(hint.Length > 0 ? hint : $"; keys: {string.Join(", ", keys!)}")}"
            );
        }
    }

    public bool Has(string key) => table.ContainsKey(key);

    public CatalogTable? Inner(string key, IReadOnlyList<string>? keys) =>
        Has(key) ? new(table[key], $"{place}.{key}", keys) : null;

    public string? Text(string key) =>
        !table.TryGetValue(key, out var value) ? null : value as string ?? throw Wrong(key, "a text");

    /// <summary>A text that must not be empty.</summary>
    public string? FilledText(string key) => Text(key) is "" ? throw Wrong(key, "a text that is not empty") : Text(key);

    /// <summary>A column: its header, or its position from 1 as a number or a text.</summary>
    public string? Column(string key) =>
        !table.TryGetValue(key, out var value) ? null
        : value is long position and > 0 ? position.ToString(CultureInfo.InvariantCulture)
        : value is string { Length: > 0 } name ? name
        : throw Wrong(key, "the header of a column, or its position from 1");

    /// <summary>Name of a file below the data set's folder.</summary>
    public string? File(string key) => Text(key) is { } name ? SafeFile(key, name) : null;

    public Uri? Address(string key) =>
        Text(key) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
        : throw Wrong(key, "an absolute address");

    public bool? Flag(string key) =>
        !table.TryGetValue(key, out var value) ? null : value as bool? ?? throw Wrong(key, "true or false");

    public double? Number(string key) =>
        !table.TryGetValue(key, out var value) ? null : AsNumber(value) ?? throw Wrong(key, "a finite number");

    private static double? AsNumber(object? value) =>
        value switch
        {
            long number => number,
            // TOML knows nan and inf.
            double number when double.IsFinite(number) => number,
            _ => null,
        };

    /// <summary>A count, at least 1.</summary>
    public long? Count(string key) =>
        !table.TryGetValue(key, out var value) ? null
        : value is long count and > 0 ? count
        : throw Wrong(key, "a whole number of at least 1");

    public IReadOnlyList<string>? TextsOrNull(string key) => Has(key) ? Texts(key) : null;

    public IReadOnlyList<string> Texts(string key) =>
        !table.TryGetValue(key, out var value) ? []
        : value is TomlArray array && array.All(x => x is string) ? [.. array.Cast<string>()]
        : throw Wrong(key, "a list of texts");

    public IReadOnlyList<double> Numbers(string key) =>
        !table.TryGetValue(key, out var value) ? []
        : value is TomlArray array && array.All(x => AsNumber(x) is not null)
            ? [.. array.Select(x => AsNumber(x)!.Value)]
        : throw Wrong(key, "a list of finite numbers");

    /// <summary>File names with their SHA-256 sums.</summary>
    public IReadOnlyDictionary<string, string> Sums(string key)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return new Dictionary<string, string>();
        }
        if (value is not TomlTable map || !map.Values.All(x => x is string))
        {
            throw Wrong(key, "a table of file names and SHA-256 sums");
        }
        return map.ToDictionary(
            pair => SafeFile(key, pair.Key),
            pair => ((string)pair.Value) is "" ? "" : Sum(pair.Key, ((string)pair.Value).ToLowerInvariant())
        );
    }

    /// <summary>All keys with their values as text.</summary>
    public IReadOnlyDictionary<string, string> Values() =>
        table.ToDictionary(
            pair => pair.Key,
            pair =>
                pair.Value switch
                {
                    string text => text,
                    bool flag => flag ? "true" : "false",
                    long or double => Convert.ToString(pair.Value, CultureInfo.InvariantCulture)!,
                    _ => throw Wrong(pair.Key, "a text, a number, true or false"),
                }
        );

    public T? Enum<T>(string key)
        where T : struct, Enum => Text(key) is { } text ? Enum<T>(key, text) : null;

    public T Enum<T>(string key, string text)
        where T : struct, Enum =>
        System.Enum.TryParse<T>(text.Replace("-", ""), ignoreCase: true, out var value)
        && System.Enum.IsDefined(value)
        && !char.IsDigit(text.FirstOrDefault('0'))
            ? value
            : throw Wrong(key, $"one of {string.Join(", ", System.Enum.GetNames<T>())}");

    public SettingException Missing(string key, string example = "") =>
        new($"{place}: '{key}' is missing{(example.Length > 0 ? $"; for instance {key} = \"{example}\"" : "")}.");

    public SettingException Wrong(string key, string expected) => new($"{place}: '{key}' must be {expected}.");

    private string Sum(string file, string sum) =>
        sum.Length == 64 && sum.All(char.IsAsciiHexDigit)
            ? sum
            : throw Wrong(file, "a SHA-256 sum of 64 hexadecimal digits, or empty");

    private string SafeFile(string key, string name) =>
        name.Length > 0
        && !Path.IsPathRooted(name)
        && !name.Contains('\\')
        && name.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.Any(char.IsControl))
            ? name
            : throw Wrong(key, $"a file below the data set's folder, not '{Excerpt.Of(name)}'");
}
