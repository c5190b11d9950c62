using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RobustMeta.Experiments;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>
/// Runs that differ in a few settings: the text of one spec whose lines are replaced, so that a hundred thousand runs get
/// their hashes in seconds. A setting changes its own line and no other; each value is checked once.
/// </summary>
internal sealed class RunTemplate
{
    private readonly ExperimentSpec example;
    private readonly string[] lines;
    private readonly Dictionary<string, int> lineOf;
    private readonly Dictionary<(string, string), string> printed = [];

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
        changed[lineOf["seed"]] = string.Create(CultureInfo.InvariantCulture, $"seed = {seed}");
        foreach (var setting in settings)
        {
            var line = Print(setting);
            changed[lineOf[setting.Key]] = line;
        }
        var text = string.Join('\n', changed) + '\n';
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }

    private string Print((string Key, string Value) setting)
    {
        if (!printed.TryGetValue(setting, out var line))
        {
            var other = Lines(example.With(setting));
            line = lineOf.TryGetValue(setting.Key, out var i) ? other[i] : "";
            printed.Add(setting, line);
        }
        return line;
    }

    private static string[] Lines(ExperimentSpec spec) => spec.Text.TrimEnd('\n').Split('\n');
}
