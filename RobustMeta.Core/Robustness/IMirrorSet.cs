namespace RobustMeta.Robustness;

/// <summary>
/// A set in the simplex onto which exponentiated-gradient steps have a natural projection: the one that is nearest in
/// Kullback–Leibler divergence.
/// </summary>
public interface IMirrorSet
{
    /// <summary>
    /// Bregman projection in place: the p of the set that minimises KL(p‖q), where q is the given point scaled to sum
    /// to one.
    /// </summary>
    /// <param name="weights">Non-negative, finite, not all zero.</param>
    void MirrorProject(Span<double> weights);
}
