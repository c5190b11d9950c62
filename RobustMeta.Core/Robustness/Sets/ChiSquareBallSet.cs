namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights within a χ² divergence of uniform, ½ mean((n p − 1)²) ≤ ρ (Namkoong and Duchi, NeurIPS 2016).
/// Their effective sample size is at least n / (1 + 2ρ); from ρ = (n − 1)/2 on the set is the simplex.
/// </summary>
/// <param name="radius">ρ, at least 0.</param>
/// <exception cref="Settings.SettingException">The radius is negative or not finite.</exception>
public sealed class ChiSquareBallSet(double radius)
    : AmbiguitySet(
        "chi2",
        RequireSize(radius, 0, true, double.MaxValue, "radius of a χ² ball, 0 or more"),
        size => new ChiSquareBallSet(size)
    )
{
    /// <summary>ρ = 0.25.</summary>
    public ChiSquareBallSet()
        : this(0.25) { }

    /// <summary>ρ.</summary>
    public double Radius => radius;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses) => ChiSquareDual.Value(losses, radius);

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance) =>
        SimplexSet.IsMember(weights, tolerance) && ChiSquareKernel.Divergence(weights) <= radius + tolerance;

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights) => ChiSquareKernel.Project(weights, radius);

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        ChiSquareKernel.BestResponse(losses, weights, radius);
}
