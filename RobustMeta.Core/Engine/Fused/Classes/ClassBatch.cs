using System.Numerics;
using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Classes;

/// <summary>A batch in the memory of the core of class models.</summary>
internal sealed unsafe class ClassBatch<T> : BatchRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>User of each row, support first, then query.</summary>
    public int[] UserOf { get; private set; } = [];

    /// <summary>Encoded distinct items <c>[U, padded E]</c>.</summary>
    public T* Encoded { get; set; }

    /// <summary>The two pooled classes, negative and positive.</summary>
    public PooledClass<T> Negative { get; } = new();

    /// <inheritdoc cref="Negative"/>
    public PooledClass<T> Positive { get; } = new();

    /// <summary>The users' mean residuals of ratings <c>[B]</c>; 0 for clicks.</summary>
    public T* Level { get; set; }

    /// <summary>The users' summed support weights <c>[B]</c>.</summary>
    public T* Total { get; set; }

    /// <summary>Derivative of each query loss by its score, then, in the backward pass, of the objective.</summary>
    public T* Slopes { get; set; }

    /// <summary>Sum of a user's slopes in the backward pass <c>[B]</c>: derivative by whatever is added to all scores.</summary>
    public T* ScoreAdjoint { get; set; }

    /// <summary>Notes the users of the rows of the batch that was taken.</summary>
    public void FillUsers()
    {
        if (UserOf.Length < SupportRows + QueryRows)
        {
            UserOf = new int[SupportRows + QueryRows + (SupportRows + QueryRows) / 2];
        }
        for (var u = 0; u < Tasks.Count; u++)
        {
            UserOf.AsSpan(Tasks.SupportStarts[u], Tasks.SupportLength(u)).Fill(u);
            UserOf.AsSpan(SupportRows + Tasks.QueryStarts[u], Tasks.QueryLength(u)).Fill(u);
        }
    }
}
