namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights within a Kullback–Leibler divergence KL(p ‖ uniform) ≤ ρ (Hu and Hong, 2013): the worst weights
/// are a softmax of the losses. From ρ = log n on the set is the simplex.
/// </summary>
/// <param name="radius">ρ, at least 0.</param>
/// <exception cref="Settings.SettingException">The radius is negative or not finite.</exception>
public sealed class KullbackLeiblerBallSet(double radius)
    : MirrorSet(
        "kl",
        RequireSize(radius, 0, true, double.MaxValue, "radius of a KL ball, 0 or more"),
        size => new KullbackLeiblerBallSet(size)
    )
{
    /// <summary>ρ = 0.1.</summary>
    public KullbackLeiblerBallSet()
        : this(0.1) { }

    /// <summary>ρ.</summary>
    public double Radius => radius;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses) => KullbackLeiblerDual.Value(losses, radius);

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance) =>
        SimplexSet.IsMember(weights, tolerance) && SoftmaxKernel.Divergence(weights) <= radius + tolerance;

    /// <summary>p ∝ q^s with the largest s ≤ 1 for which p is in the ball.</summary>
    protected override void MirrorProjectCore(Span<double> weights) => SoftmaxKernel.Restrict(weights, radius);

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights)
    {
        using var scratch = new Scratch(weights.Length);
        weights.CopyTo(scratch.Values);
        SimplexProjection.Apply(weights, 1);
        if (SoftmaxKernel.Divergence(weights) <= radius)
        {
            return;
        }
        if (FiniteValues.Unit(scratch.Values) is > 1 and var unit)
        {
            // So far outside, the weights are nothing beside the point: its nearest member is the response to it.
            FiniteValues.Divide(scratch.Values, unit, scratch.Values);
            SoftmaxKernel.BestResponse(scratch.Values, weights, radius);
        }
        else
        {
            KullbackLeiblerProjection.Apply(scratch.Values, weights, radius);
        }
    }

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        SoftmaxKernel.BestResponse(losses, weights, radius);
}
