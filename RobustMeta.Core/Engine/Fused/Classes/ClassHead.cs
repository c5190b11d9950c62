using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>What turns pooled classes and encoded items into scores, and its way back.</summary>
internal abstract unsafe class ClassHead<T> : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public abstract int Pieces { get; }

    /// <summary>Takes values, and memory for a batch.</summary>
    public abstract void Begin(T* values, ClassBatch<T> batch, Arena<T> arena);

    /// <summary>Takes memory for the way back of a batch, to stay as it is until the gradient is written.</summary>
    public abstract void BeginReverse(ClassBatch<T> batch, Arena<T> arena);

    /// <summary>What is computed once a user, for some users whose classes are pooled.</summary>
    public abstract void EncodeUsers(ClassBatch<T> batch, Chunk users);

    /// <summary>Scores of a user's queries without level and base.</summary>
    public abstract void Score(ClassBatch<T> batch, int user, T* scores);

    /// <summary>Adjoints of what some users' scores were made of, down to their pooled classes.</summary>
    public abstract void Reverse(ClassBatch<T> batch, Chunk users);

    /// <summary>Writes the adjoints of some encoded items, as far as their queries say them.</summary>
    public abstract void ReverseItems(ClassBatch<T> batch, int first, int count, T* target);

    /// <inheritdoc/>
    public abstract void WriteGradient(int piece, T* gradient);

    /// <summary>Sum over users.</summary>
    protected static T Sum(T* ofUsers, int users)
    {
        var sum = T.Zero;
        for (var u = 0; u < users; u++)
        {
            sum += ofUsers[u];
        }
        return sum;
    }
}
