using RobustMeta.Robustness.Sets;

namespace RobustMeta.Robustness;

/// <summary>
/// A set in the simplex onto which exponentiated-gradient steps have a natural projection: the one that is nearest in
/// Kullback–Leibler divergence.
/// </summary>
public abstract class MirrorSet : AmbiguitySet
{
    /// <summary>A set of one size.</summary>
    /// <param name="keyword">Word that names the set in specs.</param>
    protected MirrorSet(string keyword)
        : base(keyword) { }

    /// <summary>A set that comes in sizes.</summary>
    /// <param name="keyword">Word that names the kind of set in specs.</param>
    /// <param name="size">The size of this one.</param>
    /// <param name="ofSize">Makes the set of another size.</param>
    protected MirrorSet(string keyword, double size, Func<double, AmbiguitySet> ofSize)
        : base(keyword, size, ofSize) { }

    /// <summary>
    /// Bregman projection in place: the p of the set that minimises KL(p‖q), where q is the given point scaled to sum
    /// to one. Zeros alone, the limit of equal weights that tend to zero, become the uniform member.
    /// </summary>
    /// <param name="weights">At least one number; all finite and not negative.</param>
    /// <exception cref="ArgumentException">Empty, not finite, or negative.</exception>
    public void MirrorProject(Span<double> weights)
    {
        var unit = FiniteValues.Unit(weights);
        FiniteValues.RequireNonNegative(weights);
        if (unit != 1)
        {
            FiniteValues.Divide(weights, unit, weights);
        }
        if (weights.ContainsAnyExcept(0.0))
        {
            MirrorProjectCore(weights);
        }
        else
        {
            weights.Fill(1.0 / weights.Length);
        }
    }

    /// <summary>Mirror projection of a checked point that is not all zero; extreme ones arrive divided by a power of two.</summary>
    protected abstract void MirrorProjectCore(Span<double> weights);
}
