using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// The hyper-parameters of a method that is fitted without meta-learning, and how to fit it. A baseline is found by being
/// there: every concrete subclass with a parameterless constructor can be named.
/// </summary>
public abstract record BaselineSpec
{
    /// <summary>Name of the baseline in specs and results.</summary>
    public abstract string BaselineName { get; }

    /// <summary>What the method does with items that no training user rated, in one line.</summary>
    public abstract string NewItems { get; }

    /// <summary>Fits the baseline.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks: supports and queries are learned from.</param>
    /// <param name="seed">Seed of anything random; same seed, same scores.</param>
    public abstract IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed);

    /// <summary>Defaults of all baselines, by name.</summary>
    public static ImmutableSortedDictionary<string, BaselineSpec> All { get; } =
        typeof(BaselineSpec)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(BaselineSpec)) && !type.IsAbstract)
            .Select(type => (BaselineSpec)Activator.CreateInstance(type)!)
            .ToImmutableSortedDictionary(spec => spec.BaselineName, spec => spec, StringComparer.OrdinalIgnoreCase);

    /// <summary>Defaults of the baseline of that name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public static BaselineSpec Named(string name) =>
        All.TryGetValue(name, out var spec)
            ? spec
            : throw new SettingException(
                $"There is no baseline '{name}'{NearestName.Hint(name, All.Keys)}. Baselines: {string.Join(", ", All.Keys)}"
            );
}
