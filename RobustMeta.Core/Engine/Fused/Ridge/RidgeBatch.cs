using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>A batch in the ridge core's memory.</summary>
internal sealed unsafe class RidgeBatch<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Vectors of the distinct items <c>[U, padded]</c>.</summary>
    public T* Features { get; set; }

    /// <summary>Points that the users' vectors shrink to <c>[B, padded]</c>; null where all are zero.</summary>
    public T* Priors { get; set; }

    /// <summary>Coefficient of the penalty.</summary>
    public T Lambda { get; set; }

    /// <summary>Scale of scores.</summary>
    public T Gain { get; set; }

    /// <summary>Adjoint of the item's vector at each row, <c>[rows, padded]</c>.</summary>
    public T* RowAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="Priors"/>.</summary>
    public T* PriorAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by log λ, <c>[B]</c>.</summary>
    public T* LambdaAdjoint { get; set; }

    /// <summary>What each user adds to the derivative by log gain, <c>[B]</c>.</summary>
    public T* GainAdjoint { get; set; }
}
