using System.Globalization;
using RobustMeta.Settings;
using Tomlyn;
using Tomlyn.Model;

namespace RobustMeta.Experiments;

/// <summary>
/// Reads an experiment from a TOML file: one setting a line, the key <c>model</c> naming the model or baseline; what is not named
/// keeps its default.
/// </summary>
public static class SpecFile
{
    /// <summary>Name of the file in the folder of a run.</summary>
    public const string OfRun = "spec.toml";

    /// <summary>The experiment of a file.</summary>
    /// <exception cref="SettingException">
    /// The file is no TOML, or a key or value is not valid; the message names the file, the place or key, and the
    /// nearest valid one.
    /// </exception>
    public static ExperimentSpec Read(string path)
    {
        var text = SettingsText.Read(path, "a file of settings, such as the spec.toml of a run");
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new SettingException($"{path}: the file is empty; expected settings, such as model = \"MeLU\"");
        }
        _ = TomlParsing.Document(path, text);
        try
        {
            return Of(text);
        }
        catch (SettingException error)
        {
            throw new SettingException($"{path}: {error.Message}");
        }
    }

    /// <summary>The experiment of a text.</summary>
    /// <exception cref="SettingException">As <see cref="Read"/>.</exception>
    public static ExperimentSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _ = TomlParsing.Document("spec", text);
        return Of(text);
    }

    private static ExperimentSpec Of(string text)
    {
        var (model, settings) = Settings(text);
        return ExperimentSpec.Of(model, settings);
    }

    private static (string Model, (string Key, string Value)[] Settings) Settings(string text)
    {
        var settings = Deserialize(text)
            .Select(entry => (Key: FormerKeys.Now(entry.Key), Value: Print(entry.Key, entry.Value)))
            .ToArray();
        var model =
            settings.FirstOrDefault(s => s.Key == ExperimentSpec.ModelKey).Value ?? new Models.MeLUSpec().ModelName;
        return (model, [.. settings.Where(s => s.Key != ExperimentSpec.ModelKey)]);
    }

    /// <summary>
    /// The tables of a text that holds several groups of settings, in order, nested names joined by points; settings
    /// outside a table come first, under an empty name.
    /// </summary>
    /// <exception cref="SettingException">The text is no TOML.</exception>
    public static IReadOnlyList<(string Name, IReadOnlyList<(string Key, string Value)> Settings)> Tables(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _ = TomlParsing.Document("settings", text);
        return [.. Tables("", Deserialize(text))];
    }

    private static IEnumerable<(string Name, IReadOnlyList<(string Key, string Value)> Settings)> Tables(
        string name,
        IEnumerable<KeyValuePair<string, object?>> table
    )
    {
        var own = table.Where(entry => entry.Value is not TomlTable).ToArray();
        if (own.Length > 0)
        {
            yield return (name, [.. own.Select(entry => (FormerKeys.Now(entry.Key), Print(entry.Key, entry.Value)))]);
        }
        foreach (var (key, value) in table)
        {
            if (value is TomlTable inner)
            {
                foreach (
                    var found in Tables(
                        name.Length == 0 ? key : $"{name}.{key}",
                        inner.Select(entry => KeyValuePair.Create(entry.Key, (object?)entry.Value))
                    )
                )
                {
                    yield return found;
                }
            }
        }
    }

    private static Dictionary<string, object?> Deserialize(string text)
    {
        // What the syntax alone does not tell, such as a table in place of a key's value.
        try
        {
            return TomlSerializer.Deserialize<Dictionary<string, object?>>(text) ?? [];
        }
        catch (TomlException error)
        {
            throw new SettingException(error.Message);
        }
    }

    private static string Print(string key, object? value) =>
        value switch
        {
            string x => x,
            bool x => x ? "true" : "false",
            double x => x.ToString("R", CultureInfo.InvariantCulture),
            long x => x.ToString(CultureInfo.InvariantCulture),
            TomlArray { Count: 0 } => "none",
            TomlArray x => string.Join(',', x.Select(element => Print(key, element))),
            _ => throw new SettingException($"'{key}' is a {value?.GetType().Name}; settings are flat: key = value."),
        };
}
