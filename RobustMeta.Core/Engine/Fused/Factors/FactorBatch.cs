using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// A batch of users to be folded in. Rows of items' vectors (mean, slope, factors) have the padded length W, rows of what a user's
/// vector (level, factors) meets the padded length K. See DERIVATION.md, factors.
/// </summary>
internal sealed unsafe class FactorBatch<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Vectors w of the distinct items <c>[U, W]</c>.</summary>
    public T* Items { get; set; }

    /// <summary>The part q of them that meets the user's vector, with the slope's one, <c>[U, K]</c>.</summary>
    public T* Factors { get; set; }

    /// <summary>Variances s of <see cref="Factors"/>, of the items of supports, <c>[items of supports, K]</c>.</summary>
    public T* Spreads { get; set; }

    /// <summary>
    /// Weight of each support interaction in the fold-in: the support weights, but where scores are wanted that a part of the support
    /// gives, while all of it says what the user chose.
    /// </summary>
    public T* FoldWeights { get; set; }

    /// <summary>What all scores have in common.</summary>
    public T Center { get; set; }

    /// <summary>ν, one over the variance of a rating's noise.</summary>
    public T Certainty { get; set; }

    /// <summary>Means of the users' priors <c>[B, K]</c>.</summary>
    public T* Grounds { get; set; }

    /// <summary>Adjoint of the item's vector at each row, <c>[rows, W]</c>; null where items are constant.</summary>
    public T* RowAdjoint { get; set; }

    /// <summary>Adjoint of the item's <see cref="Spreads"/> at each support row, <c>[rows, K]</c>; null where items are constant.</summary>
    public T* SpreadAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="Grounds"/>.</summary>
    public T* GroundAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by the logarithms of the prior's precisions, <c>[B, K]</c>.</summary>
    public T* PrecisionAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by the logarithms of the common spreads, <c>[B, K]</c>.</summary>
    public T* LogSpreadAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by the center, <c>[B]</c>.</summary>
    public T* CenterAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by the logarithm of the noise, <c>[B]</c>.</summary>
    public T* NoiseAdjoint { get; set; }

    /// <summary>Whether derivatives by support weights are wanted.</summary>
    public bool WantsWeights => SupportAdjoint.Length > 0;
}
