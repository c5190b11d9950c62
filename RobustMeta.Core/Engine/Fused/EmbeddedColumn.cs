using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused;

/// <summary>One embedded field of entities: a number each, or rows of a table.</summary>
/// <param name="field">The field.</param>
/// <param name="start">First column among the side's inputs.</param>
/// <param name="width">Number of columns.</param>
/// <param name="table">Table of a token field.</param>
internal sealed unsafe class EmbeddedColumn<T>(InputField field, int start, int width, EmbeddingTable<T>? table)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int[] offsets = ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Offsets ?? []) ?? [];
    private readonly int[] tokens = ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Tokens ?? []) ?? [];
    private readonly float[] numbers = ImmutableCollectionsMarshal.AsArray((field as NumericField)?.Values ?? []) ?? [];
    private readonly bool isSingle = field is TokenField { Offsets: var starts } && IsCounting(starts.AsSpan());

    /// <summary>First column among the side's inputs.</summary>
    public int Start => start;

    /// <summary>Number of columns.</summary>
    public int Width => width;

    /// <summary>Table of a token field, null for a number.</summary>
    public EmbeddingTable<T>? Table => table;

    /// <summary>Tokens of an entity.</summary>
    public ReadOnlySpan<int> Bag(int entity) => tokens.AsSpan(offsets[entity], offsets[entity + 1] - offsets[entity]);

    /// <summary>Weight of each token of a bag in its mean.</summary>
    public static T Share(ReadOnlySpan<int> bag) => bag.Length <= 1 ? T.One : T.One / T.CreateChecked(bag.Length);

    /// <summary>Writes the field of several entities, one below the other.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="rows">The first one's place.</param>
    /// <param name="stride">From one to the next.</param>
    public void Gather(ReadOnlySpan<int> entities, T* rows, int stride)
    {
        if (table is null)
        {
            foreach (var entity in entities)
            {
                *rows = T.CreateTruncating(numbers[entity]);
                rows += stride;
            }
            return;
        }
        fixed (T* values = table.Values)
        {
            foreach (var entity in entities)
            {
                if (isSingle)
                {
                    Copy(values + (long)tokens[entity] * width, rows, width);
                }
                else
                {
                    Mean(values, Bag(entity), rows);
                }
                rows += stride;
            }
        }
    }

    /// <summary>Gives the table the adjoints of a batch's entities, and forgets those of the batch before.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="rows">The first one's adjoint.</param>
    /// <param name="stride">From one to the next.</param>
    public void Scatter(ReadOnlySpan<int> entities, T* rows, int stride)
    {
        if (table is null)
        {
            return;
        }
        table.Begin();
        fixed (T* gradient = table.Gradient)
        {
            foreach (var entity in entities)
            {
                var bag = isSingle ? tokens.AsSpan(entity, 1) : Bag(entity);
                var share = Share(bag);
                foreach (var token in bag)
                {
                    var target = gradient + (long)token * width;
                    if (table.Touch(token))
                    {
                        Scale(share, rows, target, width);
                    }
                    else
                    {
                        AddScaled(share, rows, target, width);
                    }
                }
                rows += stride;
            }
        }
        table.End();
    }

    /// <summary>
    /// The same where a part of the adjoints is known by token: the table gets those, and what the entities have besides.
    /// </summary>
    /// <param name="entities">The entities.</param>
    /// <param name="ofTokens">Adjoint of each token, <c>[vocabulary, stride]</c>.</param>
    /// <param name="tokenStride">From one token to the next.</param>
    /// <param name="rows">The first entity's adjoint; null for none.</param>
    /// <param name="stride">From one entity to the next.</param>
    public void ScatterTokens(ReadOnlySpan<int> entities, T* ofTokens, int tokenStride, T* rows, int stride)
    {
        table!.Begin();
        fixed (T* gradient = table.Gradient)
        {
            foreach (var entity in entities)
            {
                var bag = Bag(entity);
                var share = Share(bag);
                foreach (var token in bag)
                {
                    var target = gradient + (long)token * width;
                    if (table.Touch(token))
                    {
                        Copy(ofTokens + (long)token * tokenStride, target, width);
                    }
                    if (rows is not null)
                    {
                        AddScaled(share, rows, target, width);
                    }
                }
                rows += rows is null ? 0 : stride;
            }
        }
        table.End();
    }

    private void Mean(T* values, ReadOnlySpan<int> bag, T* row)
    {
        var share = Share(bag);
        new Span<T>(row, width).Clear();
        foreach (var token in bag)
        {
            AddScaled(share, values + (long)token * width, row, width);
        }
    }

    private static bool IsCounting(ReadOnlySpan<int> offsets)
    {
        for (var i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] != i)
            {
                return false;
            }
        }
        return true;
    }

    // Rows of tables have the width that the user chose and no padding, so the last numbers go one by one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(T* x, T* y, int n)
    {
        var i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) = *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] = x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(T scale, T* x, T* y, int n)
    {
        var factor = new Vector<T>(scale);
        var i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) = factor * *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] = scale * x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(T scale, T* x, T* y, int n)
    {
        var factor = new Vector<T>(scale);
        var i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) += factor * *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] += scale * x[i];
        }
    }
}
