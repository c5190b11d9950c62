namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The probability weights within a Kullback–Leibler divergence KL(p ‖ uniform) ≤ ρ (Hu and Hong, 2013): the worst weights
/// are a softmax of the losses. From ρ = log n on the set is the simplex.
/// </summary>
/// <param name="Radius">ρ, at least 0.</param>
/// <exception cref="Settings.SettingException">The radius is negative or not finite.</exception>
public sealed record KullbackLeiblerBallSet(double Radius = 0.1) : AmbiguitySet, IMirrorSet
{
    private const int Steps = 200;

    /// <summary>ρ.</summary>
    public double Radius { get; } = RequireSize(Radius, 0, true, double.MaxValue, "radius of a KL ball, 0 or more");

    /// <inheritdoc/>
    public override string Keyword => "kl";

    /// <inheritdoc/>
    public override double? Size => Radius;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <summary>inf over λ > 0 of λ ρ + λ log mean exp(L/λ), by bisection of the derivative in log λ.</summary>
    public override double DualValue(ReadOnlySpan<double> losses)
    {
        double highest = losses[0];
        double lowest = losses[0];
        double mean = 0;
        foreach (var loss in losses)
        {
            highest = Math.Max(highest, loss);
            lowest = Math.Min(lowest, loss);
            mean += loss / losses.Length;
        }
        if (Radius == 0 || lowest == highest)
        {
            return mean;
        }
        var (low, high) = (Math.Log(highest - lowest) - 40, Math.Log(highest - lowest) + 40);
        for (var step = 0; step < Steps; step++)
        {
            var middle = low + (high - low) / 2;
            (low, high) = Dual(losses, highest, Math.Exp(middle)).Slope > 0 ? (low, middle) : (middle, high);
        }
        return Dual(losses, highest, Math.Exp(high)).Value;
    }

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<double> weights, double tolerance) =>
        SimplexSet.IsMember(weights, tolerance) && SoftmaxKernel.Divergence(weights) <= Radius + tolerance;

    /// <summary>p ∝ q^s with the largest s ≤ 1 for which p is in the ball.</summary>
    public void MirrorProject(Span<double> weights) => SoftmaxKernel.Restrict(weights, Radius);

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights)
    {
        using var scratch = new Scratch(weights.Length);
        weights.CopyTo(scratch.Values);
        SimplexProjection.Apply(weights, 1);
        if (SoftmaxKernel.Divergence(weights) > Radius)
        {
            KullbackLeiblerProjection.Apply(scratch.Values, weights, Radius);
        }
    }

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        SoftmaxKernel.BestResponse(losses, weights, Radius);

    private (double Value, double Slope) Dual(ReadOnlySpan<double> losses, double highest, double temperature)
    {
        double sum = 0;
        double weighted = 0;
        foreach (var loss in losses)
        {
            var power = Math.Exp((loss - highest) / temperature);
            sum += power;
            weighted += power * (loss - highest);
        }
        var log = Math.Log(sum / losses.Length);
        return (highest + temperature * (Radius + log), Radius + log - weighted / sum / temperature);
    }
}
