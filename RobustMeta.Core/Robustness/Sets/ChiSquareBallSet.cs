namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights within a χ² divergence of uniform, ½ mean((n p − 1)²) ≤ ρ (Namkoong and Duchi, NeurIPS 2016).
/// Their effective sample size is at least n / (1 + 2ρ); from ρ = (n − 1)/2 on the set is the simplex.
/// </summary>
/// <param name="Radius">ρ, at least 0.</param>
/// <exception cref="Settings.SettingException">The radius is negative or not finite.</exception>
public sealed record ChiSquareBallSet(double Radius = 0.25) : AmbiguitySet
{
    /// <summary>ρ.</summary>
    public double Radius { get; } = RequireSize(Radius, 0, true, double.MaxValue, "radius of a χ² ball, 0 or more");

    /// <inheritdoc/>
    public override string Keyword => "chi2";

    /// <inheritdoc/>
    public override double? Size => Radius;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    public override double DualValue(ReadOnlySpan<double> losses) => ChiSquareKernel.DualValue(losses, Radius);

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<double> weights, double tolerance) =>
        SimplexSet.IsMember(weights, tolerance) && ChiSquareKernel.Divergence(weights) <= Radius + tolerance;

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights) => ChiSquareKernel.Project(weights, Radius);

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        ChiSquareKernel.BestResponse(losses, weights, Radius);
}
