using System.Collections.Immutable;
using System.Reflection;

namespace RobustMeta.Settings;

/// <summary>
/// The kinds of one concept (models, ambiguity sets, metrics …) that specs can name: those of this library, and those that
/// another assembly or a script adds. Names do not distinguish upper and lower case. Safe for several threads.
/// </summary>
/// <typeparam name="T">What is registered: an example with default settings.</typeparam>
public sealed class Registry<T> : IRegistry
    where T : class
{
    private readonly string concept;
    private readonly Func<T, string> nameOf;
    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, T> entries;

    /// <summary>A registry of the kinds that this library brings.</summary>
    /// <param name="concept">What one entry is called in messages, e.g. <c>model</c> (plural: with an s).</param>
    /// <param name="nameOf">Name of an entry in specs.</param>
    /// <param name="builtIn">The kinds that are there from the start; see <see cref="Examples"/>.</param>
    /// <exception cref="ArgumentException">Two entries have one name.</exception>
    public Registry(string concept, Func<T, string> nameOf, IEnumerable<T> builtIn)
    {
        this.concept = concept;
        this.nameOf = nameOf;
        entries = builtIn.ToImmutableSortedDictionary(nameOf, entry => entry, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All entries by name, in order of the names.</summary>
    public ImmutableSortedDictionary<string, T> All => entries;

    IEnumerable<string> IRegistry.Names => entries.Keys;

    string IRegistry.NameOf(object entry) => nameOf((T)entry);

    object IRegistry.Named(string name) => Named(name);

    /// <summary>Every concrete class below <typeparamref name="T"/> in an assembly, made by its parameterless constructor.</summary>
    /// <param name="assembly">Where to look.</param>
    public static IEnumerable<T> Examples(Assembly assembly) =>
        assembly
            .GetTypes()
            .Where(type =>
                type.IsAssignableTo(typeof(T)) && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null
            )
            .Select(type => (T)Activator.CreateInstance(type)!);

    /// <summary>Adds a kind, which can then be named like those of this library.</summary>
    /// <exception cref="ArgumentException">
    /// There is one of that name, whose place <see cref="Replace"/> takes; or specs and result files cannot hold the name.
    /// </exception>
    public void Add(T entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (gate)
        {
            var name = RequireName(entry);
            entries = entries.ContainsKey(name)
                ? throw new ArgumentException(
                    $"There is a {concept} '{name}' already ({entries[name].GetType()}); choose another name, or replace it."
                )
                : entries.Add(name, entry);
        }
    }

    /// <summary>Adds a kind in place of any of the same name, as when a script is run again in one session.</summary>
    /// <exception cref="ArgumentException">Specs and result files cannot hold the name.</exception>
    public void Replace(T entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (gate)
        {
            entries = entries.SetItem(RequireName(entry), entry);
        }
    }

    /// <summary>Takes a kind away; nothing happens where there is none of the name.</summary>
    public void Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (gate)
        {
            entries = entries.Remove(name);
        }
    }

    /// <summary>Adds every kind that an assembly declares; see <see cref="Examples"/>.</summary>
    /// <exception cref="ArgumentException">One of them has the name of another; none is added then.</exception>
    public void AddFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (gate)
        {
            var before = entries;
            try
            {
                foreach (var entry in Examples(assembly))
                {
                    Add(entry);
                }
            }
            catch
            {
                entries = before;
                throw;
            }
        }
    }

    // Names stand in lists with commas, in front of a cut-off (NDCG@10), in CSV cells and in folder names.
    private string RequireName(T entry)
    {
        var name = nameOf(entry);
        return name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw new ArgumentException(
                $"'{name}' cannot name a {concept}; expected letters, digits, hyphens, points and underscores."
            );
    }

    /// <summary>The entry of a name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest and lists all.</exception>
    public T Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (entries.TryGetValue(name, out var entry))
        {
            return entry;
        }
        throw new SettingException(
            $"There is no {concept} '{name}'{NearestName.End(name, entries.Keys)} "
                + $"{char.ToUpperInvariant(concept[0])}{concept[1..]}s: {string.Join(", ", entries.Keys)}"
        );
    }
}
