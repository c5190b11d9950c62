using System.Diagnostics;
using RobustMeta.Robustness.References;

namespace RobustMeta.Experiments;

/// <summary>
/// References that were fitted on the same prepared data, by what they depend on: methods that are measured against the
/// same one fit it once. One thread at a time.
/// </summary>
internal sealed class SharedReferences
{
    private readonly Dictionary<string, (Reference Reference, TimeSpan Time)> known = [];

    /// <summary>The reference of a key, and what it took to fit where that was done before.</summary>
    /// <param name="key">All that it depends on, beside the prepared data.</param>
    /// <param name="fit">Fits it; what it gives must not change any more.</param>
    public (Reference Reference, TimeSpan Earlier) Of(string key, Func<Reference> fit)
    {
        if (known.TryGetValue(key, out var found))
        {
            return found;
        }
        var clock = Stopwatch.StartNew();
        var reference = fit();
        known.Add(key, (reference, clock.Elapsed));
        return (reference, TimeSpan.Zero);
    }
}
