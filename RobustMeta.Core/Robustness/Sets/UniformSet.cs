namespace RobustMeta.Robustness.Sets;

/// <summary>The uniform weights alone: plain training.</summary>
public sealed class UniformSet() : AmbiguitySet("uniform")
{
    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses)
    {
        double sum = 0;
        foreach (var loss in losses)
        {
            sum += loss;
        }
        return sum / losses.Length;
    }

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance)
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
