using RobustMeta.Models;
using RobustMeta.Models.Baselines;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>
/// All methods by name: models, trained with the defaults, and baselines; and <see cref="GivenScoresSpec"/>, whose results are given.
/// </summary>
public static class Methods
{
    /// <summary>Names of all methods, models first.</summary>
    public static IReadOnlyList<string> Names => [.. ModelSpec.Registry.All.Keys, .. BaselineSpec.Registry.All.Keys];

    /// <summary>A method at its defaults, some of which are the model's own.</summary>
    /// <param name="name">Name of a model or baseline, or <c>scores</c>; case does not matter.</param>
    /// <exception cref="SettingException">There is none; the message names the nearest and lists all.</exception>
    public static MethodSpec Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (string.Equals(name, GivenScoresSpec.Keyword, StringComparison.OrdinalIgnoreCase))
        {
            return new GivenScoresSpec();
        }
        var isModel = ModelSpec.Registry.All.TryGetValue(name, out var model);
        if (BaselineSpec.Registry.All.TryGetValue(name, out var baseline))
        {
            return isModel
                ? throw new SettingException(
                    $"'{name}' names a model ({model!.GetType()}) and a baseline ({baseline.GetType()}); rename one of them."
                )
                : baseline;
        }
        return isModel
            ? new MetaMethodSpec(model!)
            : throw new SettingException(
                $"There is no model or baseline '{name}'{NearestName.End(name, Names)} "
                    + $"Models: {string.Join(", ", ModelSpec.Registry.All.Keys)}. "
                    + $"Baselines: {string.Join(", ", BaselineSpec.Registry.All.Keys)}"
            );
    }
}
