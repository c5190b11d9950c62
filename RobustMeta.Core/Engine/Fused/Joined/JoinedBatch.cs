using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>A batch in the memory of MAMO's core: inputs of rows and users, and their adjoints.</summary>
internal sealed unsafe class JoinedBatch<T> : WeighedRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Embedded distinct items <c>[U, padded]</c>.</summary>
    public T* Items { get; set; }

    /// <summary>Profiles of the users <c>[B, padded]</c>.</summary>
    public T* Profiles { get; set; }

    /// <summary>Adjoint of the item of each row <c>[rows, padded]</c>.</summary>
    public T* RowAdjoint { get; set; }

    /// <summary>Adjoint of <see cref="Profiles"/>.</summary>
    public T* ProfileAdjoint { get; set; }
}
