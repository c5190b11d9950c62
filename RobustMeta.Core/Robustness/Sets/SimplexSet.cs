namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The whole probability simplex {p ≥ 0, Σp = 1}, the set of the paper. Its best response is the largest loss alone:
/// it is only useful with slow ascent, whose learning rate and length then act as a radius.
/// </summary>
public sealed class SimplexSet() : MirrorSet("simplex")
{
    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses)
    {
        var highest = double.NegativeInfinity;
        foreach (var loss in losses)
        {
            highest = Math.Max(highest, loss);
        }
        return highest;
    }

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance) =>
        IsMember(weights, tolerance);

    /// <summary>Scales to sum one.</summary>
    protected override void MirrorProjectCore(Span<double> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }
        foreach (ref var weight in weights)
        {
            weight /= sum;
        }
    }

    // Whether all weights are non-negative and sum to one.
    internal static bool IsMember(ReadOnlySpan<double> weights, double tolerance)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            if (weight < -tolerance)
            {
                return false;
            }
        }
        return Math.Abs(sum - 1) <= tolerance;
    }

    // After every batch of a slow ascent: all weights of all training users.
    internal override void ProjectRelative(Span<double> weights)
    {
        if (!SimplexProjection.TryKeepAll(weights, UniformWeight(weights.Length)))
        {
            base.ProjectRelative(weights);
        }
    }

    internal override DeferredWeights Defer() => new DeferredSimplex();

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights) => SimplexProjection.Apply(weights, 1);

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights)
    {
        var highest = DualValueCore(losses);
        double ties = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            weights[i] = losses[i] == highest ? 1 : 0;
            ties += weights[i];
        }
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] /= ties;
        }
    }
}
