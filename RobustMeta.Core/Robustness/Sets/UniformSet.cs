namespace RobustMeta.Robustness.Sets;

/// <summary>The uniform weights alone: plain training.</summary>
public sealed record UniformSet : AmbiguitySet
{
    /// <inheritdoc/>
    public override string Keyword => "uniform";

    /// <inheritdoc/>
    public override double? Size => null;

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    public override double DualValue(ReadOnlySpan<double> losses)
    {
        double sum = 0;
        foreach (var loss in losses)
        {
            sum += loss;
        }
        return sum / losses.Length;
    }

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<double> weights, double tolerance)
    {
        foreach (var weight in weights)
        {
            if (Math.Abs(weight - 1.0 / weights.Length) > tolerance)
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights) => weights.Fill(1.0 / weights.Length);

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights) =>
        weights.Fill(1.0 / weights.Length);
}
