using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace RobustMeta.Settings;

/// <summary>
/// All settings of a spec: the properties marked with <see cref="SettingAttribute"/> of it and of the specs that it holds
/// (<see cref="ISpec"/>), under one flat namespace of keys. A property whose type has a registry is a choice: its key names the
/// kind (<c>shift exponentialTilt</c>), and the settings of the kind follow it.
/// </summary>
public static class SettingList
{
    // Studies make thousands of specs: looking at a type costs more than all the rest, and is done once.
    private static readonly ConcurrentDictionary<Type, ImmutableArray<SpecProperty>> Known = new();

    /// <summary>The settings of a spec, in order of declaration.</summary>
    /// <exception cref="InvalidOperationException">
    /// The type is declared wrongly: two settings have the same key, or a property that can be set is neither a setting nor a
    /// spec.
    /// </exception>
    public static ImmutableArray<Setting> Of(object spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ImmutableArray<Setting> all = [.. Collect(spec, [])];
        var owners = new Dictionary<string, Type>(all.Length);
        foreach (var setting in all)
        {
            if (!owners.TryAdd(setting.Key, setting.Owner))
            {
                throw new InvalidOperationException(
                    $"Two settings have the key '{setting.Key}', of {owners[setting.Key]} and of {setting.Owner}; give one of the "
                        + "properties another name, or a Key of its own in its attribute."
                );
            }
        }
        return all;
    }

    /// <summary>Requires that all settings of a spec that was made in code are within their ranges.</summary>
    /// <param name="spec">The spec.</param>
    /// <exception cref="SettingException">One is not, is no finite number, or is null; the message names it and the range.</exception>
    public static void RequireInRange(object spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        foreach (var setting in Of(spec))
        {
            setting.RequireInRange(spec);
        }
    }

    /// <summary>A copy of a spec with some settings changed.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="changes">Keys and values, as text.</param>
    /// <exception cref="SettingException">
    /// A key does not exist or is given twice, or a value does not fit; the message names the nearest valid ones.
    /// </exception>
    public static T With<T>(T spec, IEnumerable<KeyValuePair<string, string>> changes)
        where T : class
    {
        var given = new HashSet<string>();
        object changed = spec;
        // Kinds are chosen first: which other settings there are depends on them.
        var all = changes.Select(c => KeyValuePair.Create(FormerKeys.Now(c.Key), c.Value)).ToList();
        var settings = Of(spec);
        var choices = settings.Where(s => s.IsChoice).Select(s => s.Key).ToHashSet();
        foreach (
            var (key, text) in all.Where(c => choices.Contains(c.Key)).Concat(all.Where(c => !choices.Contains(c.Key)))
        )
        {
            var setting =
                settings.FirstOrDefault(s => s.Key == key)
                ?? throw new SettingException(
                    $"There is no setting '{key}'{NearestName.Hint(key, settings.Select(s => s.Key))}"
                );
            if (!given.Add(key))
            {
                throw new SettingException($"{key} is given twice.");
            }
            changed = setting.With(changed, text);
            settings = setting.IsChoice ? Of(changed) : settings;
        }
        return (T)changed;
    }

    private static IEnumerable<Setting> Collect(object spec, ImmutableArray<PropertyInfo> path)
    {
        foreach (var part in Known.GetOrAdd(spec.GetType(), SpecProperty.All))
        {
            if (part.Declaration is { } attribute)
            {
                yield return new Setting(path.Add(part.Property), attribute);
            }
            if (part.IsInner)
            {
                foreach (var setting in Collect(part.InnerOf(spec), path.Add(part.Property)))
                {
                    yield return setting;
                }
            }
        }
    }
}
