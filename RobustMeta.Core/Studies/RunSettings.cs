using System.Collections.Concurrent;
using System.Globalization;
using RobustMeta.Experiments;
using RobustMeta.Robustness;
using RobustMeta.Settings;

namespace RobustMeta.Studies;

/// <summary>The settings of a study's runs, put together from its tables.</summary>
/// <param name="spec">The study.</param>
internal sealed class RunSettings(StudySpec spec)
{
    private const string PresetKey = "preset";

    // What presets set: methods without it have no presets.
    private const string LevelsKey = "levels";
    private const string SeedKey = "seed";
    private const string MethodKey = "method";
    private static readonly ConcurrentDictionary<string, IReadOnlySet<string>> KnownKeys = new();

    /// <summary>The layers of a run, the first being the weakest.</summary>
    /// <param name="cell">Data set, shift and base model.</param>
    /// <param name="method">The method.</param>
    /// <param name="shared">Value of the shared stage of tuning.</param>
    /// <param name="own">Value of the method's own stage.</param>
    /// <param name="point">Swept settings.</param>
    public IReadOnlyList<RunLayer> Layers(
        StudyCell cell,
        StudyMethod method,
        string shared,
        string own,
        SweepPoint point
    ) =>
        [
            new("shared", spec.Shared, true),
            new($"data.{cell.Data.Name}", cell.Data.Settings, true),
            new($"shift.{cell.Shift.Name}", cell.Shift.Settings, true),
            .. method.HasModel
                ? Array.Empty<RunLayer>()
                :
                [
                    new($"base.{cell.Base.Name}", cell.Base.Settings, false),
                    new("tuning", spec.Tuning.Settings(shared), false),
                ],
            new($"method.{method.Name}", method.Settings, false),
            new($"method.{method.Name}", method.Tuned.Settings(own), false),
            new($"sweep.{point.Sweep}", point.Settings, false),
            new("", spec.Overrides, true),
        ];

    /// <summary>
    /// The settings in which runs of a method in a cell differ: tuned and swept ones, as far as no stronger layer sets them.
    /// </summary>
    public IReadOnlyList<(string Key, string Value)> Varied(PlannedRun run)
    {
        var stronger = run.Method.Settings.Select(s => s.Key).ToHashSet();
        var shared = run.Method.HasModel ? [] : spec.Tuning.Settings(run.Shared!).Where(s => !stronger.Contains(s.Key));
        return
        [
            .. shared
                .Concat(run.Method.Tuned.Settings(run.Own!))
                .Concat(run.Point.Settings)
                .GroupBy(s => s.Key)
                .Select(group => group.Last()),
        ];
    }

    /// <summary>The experiment of layers, with a method's name and a seed.</summary>
    /// <exception cref="SettingException">A setting is not valid, or no model is named.</exception>
    public static ExperimentSpec Experiment(IReadOnlyList<RunLayer> layers, StudyMethod method, long seed)
    {
        var model =
            layers.SelectMany(layer => layer.Settings).LastOrDefault(s => s.Key == StudySpec.ModelKey).Value
            ?? throw new SettingException(
                $"no model is named for the method '{method.Name}'; expected e.g. model = \"MeLU\" in its table or the base "
                    + "model's"
            );
        var known = Keys(model);
        var settings = layers
            .SelectMany(layer => layer.Settings.Where(s => !layer.IsGeneral || known.Contains(s.Key)))
            .Where(s => s.Key != StudySpec.ModelKey)
            .Append((SeedKey, seed.ToString(CultureInfo.InvariantCulture)))
            .Append((MethodKey, method.Name))
            .GroupBy(s => s.Item1)
            .Select(group => group.Last());
        var given = settings.Where(s => s.Item1 != PresetKey).ToArray();
        var preset = settings.FirstOrDefault(s => s.Item1 == PresetKey).Item2;
        var defaults = ExperimentSpec.Of(model);
        // A preset stands for several settings; those that are given beside it win.
        var spec = (preset is null ? defaults : defaults.With([.. RobustPreset.Named(preset).Settings])).With(given);
        // What is meant for all methods may have no effect on some; what is meant for this one must.
        spec.RequireEffect(
            layers.Where(layer => !layer.IsGeneral).SelectMany(layer => layer.Settings).Select(s => s.Key)
        );
        return spec;
    }

    /// <summary>The settings that runs of a model have.</summary>
    /// <exception cref="SettingException">There is no such model.</exception>
    public static IReadOnlySet<string> Keys(string model) =>
        KnownKeys.GetOrAdd(
            model,
            name =>
            {
                var keys = SettingList.Of(ExperimentSpec.Of(name)).Select(setting => setting.Key).ToHashSet();
                if (keys.Contains(LevelsKey))
                {
                    keys.Add(PresetKey);
                }
                return keys;
            }
        );

    /// <summary>Whether a setting changes one line of a spec: presets and models change several.</summary>
    public static bool IsOneLine(string key) => key is not (PresetKey or StudySpec.ModelKey);
}
