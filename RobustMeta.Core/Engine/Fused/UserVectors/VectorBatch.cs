using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>A batch in the memory of the cores of user vectors. See DERIVATION.md, vectors of users.</summary>
internal sealed unsafe class VectorBatch<T> : WeighedRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What each distinct item brings to the hidden layer <c>[U, padded]</c>.</summary>
    public T* ItemPart { get; set; }

    /// <summary>What each user's features bring to the hidden layer, with its bias <c>[B, padded]</c>.</summary>
    public T* UserPart { get; set; }
}
