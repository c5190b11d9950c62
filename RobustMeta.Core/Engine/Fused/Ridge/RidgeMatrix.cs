using System.Numerics;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>What the matrix <c>M = Qᵀ diag(w) Q + λI</c> of a <see cref="RidgeSystem{T}"/> is made of. Owns nothing.</summary>
/// <param name="q">Item vectors Q <c>[S, padded F]</c>.</param>
/// <param name="weights">Weights w of the rows, none negative.</param>
/// <param name="supports">Number of rows S.</param>
/// <param name="lambda">λ.</param>
/// <param name="factor">Place of the factor, of <see cref="RidgeSystem{T}.Size"/>.</param>
internal readonly unsafe ref struct RidgeMatrix<T>(T* q, T* weights, int supports, T lambda, T* factor)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Item vectors <c>[S, padded F]</c>.</summary>
    public T* Q { get; } = q;

    /// <summary>Weights of the rows.</summary>
    public T* Weights { get; } = weights;

    /// <summary>Number of rows.</summary>
    public int Supports { get; } = supports;

    /// <summary>Coefficient of the penalty.</summary>
    public T Lambda { get; } = lambda;

    /// <summary>The factor.</summary>
    public T* Factor { get; } = factor;
}
