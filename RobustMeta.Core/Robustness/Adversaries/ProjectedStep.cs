using System.Numerics;
using System.Runtime.InteropServices;
using RobustMeta.Robustness.Sets;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>w + rate · loss, then the nearest point of the set.</summary>
internal sealed class ProjectedStep(AmbiguitySet set) : IWeightStep
{
    public void Move(Span<double> weights, ReadOnlySpan<double> losses, double rate)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var gains = MemoryMarshal.Cast<double, Vector<double>>(losses);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] += rate * gains[i];
        }
        for (var i = vectors.Length * Vector<double>.Count; i < weights.Length; i++)
        {
            weights[i] += rate * losses[i];
        }
    }

    public void Restore(Span<double> weights) => set.ProjectRelative(weights);

    public DeferredWeights? Defer() => set.Defer();
}
