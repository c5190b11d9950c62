using System.Numerics;
using System.Runtime.InteropServices;

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

    // The set is in the probability convention, the weights relative to its uniform member.
    public void Restore(Span<double> weights)
    {
        var uniform = set.UniformWeight(weights.Length);
        Scale(weights, uniform);
        set.Project(weights);
        Scale(weights, 1 / uniform);
    }

    private static void Scale(Span<double> weights, double factor)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(weights);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= factor;
        }
        foreach (ref var weight in weights[(vectors.Length * Vector<double>.Count)..])
        {
            weight *= factor;
        }
    }
}
