namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights within Euclidean distance r of uniform. While no weight reaches zero the worst loss is
/// mean + r √n · std: a variance penalty. In contrast to a χ² ball, whose distance is √(2ρ/n), the allowed distance does
/// not shrink with the number of losses. From r = √(1 − 1/n) on the set is the simplex.
/// </summary>
/// <param name="radius">r, at least 0.</param>
/// <exception cref="Settings.SettingException">The radius is negative or above 1000.</exception>
public sealed class EuclideanBallSet(double radius)
    : AmbiguitySet(
        "l2",
        RequireSize(radius, 0, true, 1000, "radius of a Euclidean ball, 0 to 1000"),
        size => new EuclideanBallSet(size)
    )
{
    /// <summary>r = 0.1.</summary>
    public EuclideanBallSet()
        : this(0.1) { }

    /// <summary>r.</summary>
    public double Radius => radius;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses) =>
        ChiSquareDual.Value(losses, ChiSquareRadius(losses.Length));

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance)
    {
        double squares = 0;
        foreach (var weight in weights)
        {
            squares += (weight - 1.0 / weights.Length) * (weight - 1.0 / weights.Length);
        }
        return SimplexSet.IsMember(weights, tolerance) && Math.Sqrt(squares) <= radius + tolerance;
    }

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights) =>
        ChiSquareKernel.Project(weights, ChiSquareRadius(weights.Length));

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        ChiSquareKernel.BestResponse(losses, weights, ChiSquareRadius(losses.Length));

    private double ChiSquareRadius(int n) => n * radius * radius / 2;
}
