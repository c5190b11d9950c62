namespace RobustMeta.Robustness.Adversaries;

/// <summary>w · exp(rate · loss), then the point of the set that is nearest in Kullback–Leibler divergence.</summary>
internal sealed class ExponentiatedStep(MirrorSet set) : IWeightStep
{
    // Beyond this a step puts everything on one weight anyhow, and sums would overflow.
    private const double LargestExponent = 600;

    public void Move(Span<double> weights, ReadOnlySpan<double> losses, double rate)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= Math.Exp(Math.Min(rate * losses[i], LargestExponent));
        }
    }

    public void Restore(Span<double> weights)
    {
        set.MirrorProject(weights);
        foreach (ref var weight in weights)
        {
            weight *= weights.Length;
        }
    }
}
