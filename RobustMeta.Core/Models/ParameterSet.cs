using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>The meta-parameters of one model, in a fixed order, by name.</summary>
public sealed class ParameterSet
{
    private readonly Dictionary<string, Parameter> byName;

    /// <summary>A set of parameters with distinct names.</summary>
    public ParameterSet(IEnumerable<Parameter> parameters)
    {
        All = [.. parameters];
        byName = All.ToDictionary(p => p.Name);
    }

    /// <summary>All parameters, in order.</summary>
    public ImmutableArray<Parameter> All { get; }

    /// <summary>Number of values over all parameters.</summary>
    public long Size => All.Sum(p => (long)p.Size);

    /// <summary>The parameter of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Parameter this[string name] =>
        byName.TryGetValue(name, out var parameter)
            ? parameter
            : throw new KeyNotFoundException($"No parameter '{name}'; there are {string.Join(", ", byName.Keys)}.");

    /// <summary>A copy of all values, in order.</summary>
    public ImmutableArray<float[]> Snapshot() => [.. All.Select(p => p.Values.ToArray())];

    /// <summary>Puts the values of a <see cref="Snapshot"/> back.</summary>
    public void Restore(ImmutableArray<float[]> snapshot)
    {
        for (var i = 0; i < All.Length; i++)
        {
            snapshot[i].CopyTo(All[i].Values.AsSpan());
        }
    }
}
