using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// Runs that differ in a few settings: the text of one spec whose lines are replaced, so that a hundred thousand runs get
/// their hashes in seconds. Each value of a setting is checked once.
/// </summary>
internal sealed class RunTemplate
{
    private const string SeedKey = "seed";

    private readonly ExperimentSpec example;
    private readonly string[] lines;
    private readonly Dictionary<string, int> lineOf;
    private readonly Dictionary<(string, string), string?> printed = [];

    /// <summary>A template of one spec.</summary>
    public RunTemplate(ExperimentSpec example)
    {
        this.example = example;
        lines = Lines(example);
        lineOf = lines.Select((line, i) => (Key: line[..line.IndexOf(' ')], i)).ToDictionary();
    }

    /// <summary>The hash of the example with another seed and some settings changed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="settings">Keys and values, as text.</param>
    /// <exception cref="SettingException">A setting does not exist, or a value does not fit.</exception>
    public string Hash(long seed, IReadOnlyList<(string Key, string Value)> settings)
    {
        var changed = (string[])lines.Clone();
        changed[lineOf[SeedKey]] = string.Create(CultureInfo.InvariantCulture, $"{SeedKey} = {seed}");
        foreach (var setting in settings)
        {
            if (Print(setting) is not { } line)
            {
                return example.With([.. settings, (SeedKey, seed.ToString(CultureInfo.InvariantCulture))]).Hash;
            }
            changed[lineOf[setting.Key]] = line;
        }
        return ExperimentSpec.HashOf(string.Join('\n', changed) + '\n');
    }

    // The line of a setting; null where it changes others too, as a shift protocol does, which brings settings of its own.
    private string? Print((string Key, string Value) setting)
    {
        if (!printed.TryGetValue(setting, out var line))
        {
            var other = Lines(example.With(setting));
            var own = lineOf.GetValueOrDefault(setting.Key, -1);
            var isAlone =
                own >= 0 && other.Length == lines.Length && !other.Where((l, i) => i != own && l != lines[i]).Any();
            line = isAlone ? other[own] : null;
            printed.Add(setting, line);
        }
        return line;
    }

    private static string[] Lines(ExperimentSpec spec) => spec.Text.TrimEnd('\n').Split('\n');
}
