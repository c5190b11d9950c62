using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Settings;
using RobustMeta.Studies.Search;

namespace RobustMeta.Studies;

/// <summary>
/// Values of which tuning takes one. A value gives all keys the same, or, with <c>/</c> between, each key its own:
/// <c>0.003/0.001</c> for <c>lr</c> and <c>weightDecay</c>.
/// </summary>
/// <param name="Keys">The settings that are tuned.</param>
/// <param name="Values">The candidates, as text, in the order in which ties are decided.</param>
public sealed record StudyChoice(IReadOnlyList<string> Keys, IReadOnlyList<string> Values)
{
    internal const string EpochKey = "epoch";

    /// <summary>Nothing to tune: one candidate that changes no setting.</summary>
    public static StudyChoice None { get; } = new([], [""]);

    /// <summary>How values are searched in the ranges that the settings declare; null: those of <see cref="Values"/> are tried.</summary>
    public SearchPlan? Search { get; init; }

    /// <summary>How much is spent on the choice; equal for methods that are compared.</summary>
    internal object Budget => (object?)Search?.Budget ?? Values.Count;

    /// <summary>A choice that is searched; its only listed value is that of the settings as they are.</summary>
    /// <param name="keys">The settings, each with a declared range or a short list of values.</param>
    /// <param name="search">How.</param>
    public static StudyChoice Of(IReadOnlyList<string> keys, SearchPlan search)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(search);
        return new(keys, [""]) { Search = search };
    }

    /// <summary>What makes the choice.</summary>
    /// <param name="experiment">A run whose other settings are those of all candidates.</param>
    /// <param name="higherIsBetter">Direction of the selection metric.</param>
    /// <param name="seed">Seed of a search.</param>
    /// <exception cref="SettingException">A setting has no range to search, or the budget does not go with the tuner.</exception>
    public ITuner Tuner(ExperimentSpec experiment, bool higherIsBetter, long seed)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (Search is null)
        {
            return new ListTuner(Values, higherIsBetter);
        }
        var epochs = SettingList.Of(experiment).FirstOrDefault(s => s.Key == EpochKey)?.Print(experiment) ?? "1";
        return Search.Create(
            SearchSpace.Of(experiment, Keys),
            higherIsBetter,
            seed,
            int.Parse(epochs, CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Whether there is anything to choose.</summary>
    public bool IsTuned => Keys.Count > 0;

    /// <summary>The settings of a candidate.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings(string value)
    {
        if (value.Length == 0)
        {
            return [];
        }
        var own = value.Split('/', StringSplitOptions.TrimEntries);
        return own.Length == 1 ? [.. Keys.Select(key => (key, value))] : [.. Keys.Select((key, i) => (key, own[i]))];
    }

    /// <summary>A value that has neither one part nor as many as there are keys; null where all fit.</summary>
    internal string? Misfit() => Values.FirstOrDefault(v => v.Split('/').Length is var n && n > 1 && n != Keys.Count);
}
