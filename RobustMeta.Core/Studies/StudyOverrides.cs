using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>Changes of a study in the grammar of the command line: pairs of a key and a value.</summary>
public static class StudyOverrides
{
    private const string DataKey = "data";
    private const string BaseKey = "base";
    private const string MethodsKey = "methods";
    private const string SeedsKey = "seeds";
    private const string TuningSeedKey = "tuningSeed";

    /// <summary>Keys that choose a part of a study; all other keys are settings of runs.</summary>
    public static IReadOnlyList<string> Keys { get; } = [DataKey, BaseKey, MethodsKey, SeedsKey, TuningSeedKey];

    /// <summary>
    /// The study with changes: <c>data</c>, <c>base</c> and <c>methods</c> name the parts to keep, <c>seeds</c> and
    /// <c>tuningSeed</c> the seeds; all others are settings, which win over what the study says.
    /// </summary>
    /// <param name="spec">The study.</param>
    /// <param name="changes">Keys and values; lists are comma-separated.</param>
    /// <exception cref="SettingException">A key or value is not valid; the message names the nearest.</exception>
    public static StudySpec With(this StudySpec spec, params IReadOnlyList<(string Key, string Value)> changes) =>
        spec.With(changes, []);

    /// <summary>As <see cref="With(StudySpec, IReadOnlyList{ValueTuple{string, string}})"/>, among words of a command.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="changes">Keys and values; lists are comma-separated.</param>
    /// <param name="words">Words that the command knows beside these, which a misspelt key may be meant for.</param>
    /// <exception cref="SettingException">A key or value is not valid; the message names the nearest.</exception>
    public static StudySpec With(
        this StudySpec spec,
        IReadOnlyList<(string Key, string Value)> changes,
        IReadOnlyList<string> words
    )
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0)
        {
            return spec;
        }
        IReadOnlyList<string> Words(string key) =>
            changes.LastOrDefault(change => change.Key == key).Value is { } value
                ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [];
        foreach (var (key, value) in changes.Where(change => Keys.Contains(change.Key) && Words(change.Key).Count == 0))
        {
            throw new SettingException($"{key} is '{value}'; expected at least one of the study, several with commas");
        }
        var changed = spec.Select(Words(DataKey), Words(BaseKey), Words(MethodsKey)) with
        {
            Overrides = [.. spec.Overrides, .. changes.Where(change => !Keys.Contains(change.Key))],
        };
        if (Words(SeedsKey) is { Count: > 0 } seeds)
        {
            changed = WithSeeds(changed, StudyFile.Seeds(SeedsKey, seeds));
        }
        if (Words(TuningSeedKey) is { Count: > 0 } tuningSeed)
        {
            changed = changed with { TuningSeeds = StudyFile.Seeds(TuningSeedKey, tuningSeed) };
        }
        StudyCheck.RequireSeeds(changed);
        StudyCheck.RequireRuns(changed.Name, changed, [], [.. Keys, .. words]);
        return changed;
    }

    // The same seeds for all: parts have none of their own any more.
    private static StudySpec WithSeeds(StudySpec spec, IReadOnlyList<long> seeds) =>
        spec with
        {
            Seeds = seeds,
            Data = [.. spec.Data.Select(part => part with { Seeds = null })],
            Bases = [.. spec.Bases.Select(part => part with { Seeds = null })],
            CellSeeds = new Dictionary<(string, string), IReadOnlyList<long>>(),
        };
}
