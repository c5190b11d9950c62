using System.Collections.Concurrent;
using System.Collections.Immutable;
using RobustMeta.Robustness;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>Finds the preset that settings of robustness amount to, which names a method.</summary>
internal static class PresetMatch
{
    // Settings that make another method of one: where they are not the defaults, a preset that does not name them does not hold.
    private static readonly ImmutableArray<string> Telling =
    [
        "userSet",
        "interactionSet",
        "weightsAct",
        "userIndex",
        "trend",
        "interactionIndex",
        "interactionRule",
        "reference",
        "distill",
        "doroTrim",
        "population",
    ];

    private static readonly ImmutableDictionary<string, string> Defaults = Printed(new ReweighterSpec());

    // The settings of each preset as they are printed: names of kinds in their own spelling, numbers in their shortest form.
    private static readonly ConcurrentDictionary<RobustPreset, ImmutableDictionary<string, string>> Known = new();

    /// <summary>
    /// The preset all of whose settings hold, the one that departs from the defaults in most settings if several do; null
    /// where there is none.
    /// </summary>
    /// <param name="robustness">The settings.</param>
    public static RobustPreset? Of(ReweighterSpec robustness)
    {
        var printed = Printed(robustness);
        var told = Telling.Where(key => printed.GetValueOrDefault(key) != Defaults.GetValueOrDefault(key)).ToList();
        return RobustPreset
            .All.Where(preset =>
                Of(preset) is var own
                && own.All(setting => printed.GetValueOrDefault(setting.Key) == setting.Value)
                && told.All(own.ContainsKey)
            )
            .MaxBy(Departures);
    }

    // Settings that are the defaults say nothing.
    private static int Departures(RobustPreset preset) =>
        Of(preset).Count(setting => Defaults.GetValueOrDefault(setting.Key) != setting.Value);

    private static ImmutableDictionary<string, string> Of(RobustPreset preset) =>
        Known.GetOrAdd(
            preset,
            static preset =>
            {
                var set = Printed(
                    SettingList.With(
                        new ReweighterSpec(),
                        preset.Settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))
                    )
                );
                return preset
                    .Settings.Select(setting => FormerKeys.Now(setting.Key))
                    .ToImmutableDictionary(key => key, key => set[key]);
            }
        );

    private static ImmutableDictionary<string, string> Printed(ReweighterSpec spec) =>
        SettingList.Of(spec).ToImmutableDictionary(setting => setting.Key, setting => setting.Print(spec));
}
