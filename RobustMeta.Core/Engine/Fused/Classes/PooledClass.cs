using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>The representatives of one class of all users of a batch, and their adjoints.</summary>
internal sealed unsafe class PooledClass<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Weight of each support interaction in the class.</summary>
    public T* Weights { get; private set; }

    /// <summary>Representatives <c>[B, padded E]</c>.</summary>
    public T* Vectors { get; private set; }

    /// <summary>What the sums were divided by <c>[B]</c>.</summary>
    public T* Divisor { get; private set; }

    /// <summary>
    /// Adjoints of the representatives <c>[B, padded E]</c>; after <see cref="ClassPooling{T}.Reverse"/> those of the sums.
    /// </summary>
    public T* Adjoint { get; private set; }

    /// <summary>Takes memory for the way there.</summary>
    public void Begin(Arena<T> arena, int supports, int users, int width)
    {
        Weights = arena.Take(supports);
        Vectors = arena.TakeZeros((long)users * width);
        Divisor = arena.Take(users);
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena, int users, int width) => Adjoint = arena.TakeZeros((long)users * width);
}
