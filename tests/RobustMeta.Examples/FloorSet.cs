using RobustMeta.Robustness;
using RobustMeta.Robustness.Sets;
using RobustMeta.Settings;

namespace Shop.Models;

/// <summary>An ambiguity set of one's own: every weight keeps a given fraction of the uniform one.</summary>
/// <param name="fraction">The fraction, from 0 (the simplex) to below 1.</param>
public sealed class FloorSet(double fraction) : AmbiguitySet("floor", Checked(fraction), size => new FloorSet(size))
{
    /// <summary>The example that specs are told of.</summary>
    public FloorSet()
        : this(0.5) { }

    /// <inheritdoc/>
    public override double UniformWeight(int n) => 1.0 / n;

    /// <inheritdoc/>
    protected override void ProjectCore(Span<double> weights)
    {
        var floor = fraction / weights.Length;
        Shift(weights, -floor);
        SimplexProjection.Apply(weights, 1 - fraction);
        Shift(weights, floor);
    }

    /// <inheritdoc/>
    protected override void BestResponseCore(ReadOnlySpan<double> losses, Span<double> weights)
    {
        new SimplexSet().BestResponse(losses, weights);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (fraction / weights.Length) + ((1 - fraction) * weights[i]);
        }
    }

    /// <inheritdoc/>
    protected override double DualValueCore(ReadOnlySpan<double> losses) =>
        (fraction * new UniformSet().DualValue(losses)) + ((1 - fraction) * new SimplexSet().DualValue(losses));

    /// <inheritdoc/>
    protected override bool ContainsCore(ReadOnlySpan<double> weights, double tolerance)
    {
        var least = double.PositiveInfinity;
        foreach (var weight in weights)
        {
            least = Math.Min(least, weight);
        }
        return least >= (fraction / weights.Length) - tolerance && new SimplexSet().Contains(weights, tolerance);
    }

    private static double Checked(double fraction) =>
        fraction is >= 0 and < 1
            ? fraction
            : throw new SettingException($"{fraction} is not the fraction of uniform that weights keep, 0 to below 1.");

    private static void Shift(Span<double> weights, double by)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] += by;
        }
    }
}
