using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>One embedded field of entities: a number each, or rows of a table.</summary>
/// <param name="field">The field.</param>
/// <param name="start">First column among the side's inputs.</param>
/// <param name="width">Number of columns.</param>
/// <param name="table">Table of a token field.</param>
internal sealed unsafe class EmbeddedColumn<T>(InputField field, int start, int width, EmbeddingTable<T>? table)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int[] starts = ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Starts ?? []) ?? [];
    private readonly int[] tokens = ImmutableCollectionsMarshal.AsArray((field as TokenField)?.Tokens ?? []) ?? [];
    private readonly float[] numbers = ImmutableCollectionsMarshal.AsArray((field as NumericField)?.Values ?? []) ?? [];
    private readonly bool isSingle = field is TokenField { Starts: var starts } && IsCounting(starts.AsSpan());

    /// <summary>First column among the side's inputs.</summary>
    public int Start => start;

    /// <summary>Number of columns.</summary>
    public int Width => width;

    /// <summary>Table of a token field, null for a number.</summary>
    public EmbeddingTable<T>? Table => table;

    /// <summary>Whether every entity has one token.</summary>
    public bool HasOneToken => isSingle;

    /// <summary>Tokens of an entity.</summary>
    public ReadOnlySpan<int> Bag(int entity) => tokens.AsSpan(starts[entity], starts[entity + 1] - starts[entity]);

    /// <summary>The token of an entity, where every entity has one.</summary>
    public int Token(int entity) => tokens[entity];

    /// <summary>The token of each of some rows, where every entity has one.</summary>
    /// <param name="entities">Entities of all slots.</param>
    /// <param name="slots">Slot of each row.</param>
    /// <param name="target">Receives the tokens.</param>
    public void TokensOf(ReadOnlySpan<int> entities, ReadOnlySpan<int> slots, Span<int> target)
    {
        for (var row = 0; row < slots.Length; row++)
        {
            target[row] = tokens[entities[slots[row]]];
        }
    }

    /// <summary>Weight of each token of a bag in its mean.</summary>
    public static T Fraction(ReadOnlySpan<int> bag) => bag.Length <= 1 ? T.One : T.One / T.CreateChecked(bag.Length);

    /// <summary>Sum of the squared fractions of an entity's distinct tokens in its mean; 0 for an empty bag.</summary>
    public T SquaredFractions(int entity)
    {
        var bag = Bag(entity);
        var pairs = 0;
        foreach (var token in bag)
        {
            pairs += bag.Count(token);
        }
        return bag.IsEmpty ? T.Zero : T.CreateChecked(pairs) / T.CreateChecked((long)bag.Length * bag.Length);
    }

    /// <summary>Writes the field of several entities, one below the other.</summary>
    /// <param name="entities">The entities, and those that come after them, whose rows are fetched ahead.</param>
    /// <param name="count">How many to write.</param>
    /// <param name="rows">The first one's place.</param>
    /// <param name="stride">From one to the next.</param>
    public void Gather(ReadOnlySpan<int> entities, int count, T* rows, int stride)
    {
        if (table is null)
        {
            foreach (var entity in entities[..count])
            {
                *rows = T.CreateTruncating(numbers[entity]);
                rows += stride;
            }
            return;
        }
        fixed (T* values = table.Values)
        {
            if (isSingle)
            {
                GatherSingle(entities, count, values, rows, stride);
                return;
            }
            foreach (var entity in entities[..count])
            {
                Mean(values, Bag(entity), rows);
                rows += stride;
            }
        }
    }

    /// <summary>Adds the adjoints of a batch's entities to the table's gradient, in place of those of the batch before.</summary>
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
            if (isSingle)
            {
                ScatterSingle(entities, rows, stride, gradient);
            }
            else
            {
                ScatterBags(entities, rows, stride, gradient);
            }
        }
        table.End();
    }

    /// <summary>Adds the rows of entities up by token, each with its fraction.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="rows">The first one's row.</param>
    /// <param name="stride">From one to the next.</param>
    /// <param name="n">Numbers of a row that count.</param>
    /// <param name="target">Is added to, a row for each token of the vocabulary.</param>
    /// <param name="targetStride">From one token to the next.</param>
    /// <param name="touches">
    /// Whether the tokens become those that the batch touches, for <see cref="ScatterTokens"/>: another pass for it would wait once more for
    /// each entity's tokens.
    /// </param>
    public void AddByToken(
        ReadOnlySpan<int> entities,
        T* rows,
        int stride,
        int n,
        T* target,
        int targetStride,
        bool touches = false
    )
    {
        if (touches)
        {
            table!.Begin();
        }
        foreach (var entity in entities)
        {
            // A few too many at the end do no harm.
            TableRow<T>.Prefetch(rows + (long)TableRow<T>.Ahead * stride, n);
            if (isSingle)
            {
                var only = tokens[entity];
                TableRow<T>.Add(rows, target + (long)only * targetStride, n);
                rows += stride;
                if (touches)
                {
                    table!.Touch(only);
                }
                continue;
            }
            var bag = Bag(entity);
            var fraction = Fraction(bag);
            foreach (var token in bag)
            {
                TableRow<T>.AddScaled(fraction, rows, target + (long)token * targetStride, n);
                if (touches)
                {
                    table!.Touch(token);
                }
            }
            rows += stride;
        }
    }

    /// <summary>Adds to the rows of entities those of their tokens, each with its fraction.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="ofTokens">A row for each token of the vocabulary.</param>
    /// <param name="n">Length of all rows.</param>
    /// <param name="target">The first entity's row.</param>
    public void AddTokens(ReadOnlySpan<int> entities, T* ofTokens, int n, T* target)
    {
        foreach (var entity in entities)
        {
            if (isSingle)
            {
                TableRow<T>.Add(ofTokens + (long)tokens[entity] * n, target, n);
                target += n;
                continue;
            }
            var bag = Bag(entity);
            var fraction = Fraction(bag);
            foreach (var token in bag)
            {
                TableRow<T>.AddScaled(fraction, ofTokens + (long)token * n, target, n);
            }
            target += n;
        }
    }

    /// <summary>Gives the table adjoints that are known by token, after <see cref="AddByToken"/> has touched the batch's tokens.</summary>
    /// <param name="ofTokens">Adjoint of each token of the vocabulary.</param>
    /// <param name="stride">From one token to the next.</param>
    public void ScatterTokens(T* ofTokens, int stride)
    {
        fixed (T* gradient = table!.Gradient)
        {
            foreach (var token in table.Touched.Span)
            {
                TableRow<T>.Copy(ofTokens + (long)token * stride, gradient + (long)token * width, width);
            }
        }
        table.End();
    }

    private void GatherSingle(ReadOnlySpan<int> entities, int count, T* values, T* rows, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            if (i + TableRow<T>.Ahead < entities.Length)
            {
                TableRow<T>.Prefetch(values + (long)tokens[entities[i + TableRow<T>.Ahead]] * width, width);
            }
            TableRow<T>.Copy(values + (long)tokens[entities[i]] * width, rows, width);
            rows += stride;
        }
    }

    private void ScatterSingle(ReadOnlySpan<int> entities, T* rows, int stride, T* gradient)
    {
        for (var i = 0; i < entities.Length; i++)
        {
            if (i + TableRow<T>.Ahead < entities.Length)
            {
                TableRow<T>.Prefetch(gradient + (long)tokens[entities[i + TableRow<T>.Ahead]] * width, width);
                TableRow<T>.Prefetch(rows + (long)TableRow<T>.Ahead * stride, width);
            }
            var token = tokens[entities[i]];
            var target = gradient + (long)token * width;
            if (table!.Touch(token))
            {
                TableRow<T>.Copy(rows, target, width);
            }
            else
            {
                TableRow<T>.AddScaled(T.One, rows, target, width);
            }
            rows += stride;
        }
    }

    private void ScatterBags(ReadOnlySpan<int> entities, T* rows, int stride, T* gradient)
    {
        foreach (var entity in entities)
        {
            var bag = Bag(entity);
            var fraction = Fraction(bag);
            foreach (var token in bag)
            {
                var target = gradient + (long)token * width;
                if (table!.Touch(token))
                {
                    TableRow<T>.Scale(fraction, rows, target, width);
                }
                else
                {
                    TableRow<T>.AddScaled(fraction, rows, target, width);
                }
            }
            rows += stride;
        }
    }

    private void Mean(T* values, ReadOnlySpan<int> bag, T* row)
    {
        var fraction = Fraction(bag);
        new Span<T>(row, width).Clear();
        foreach (var token in bag)
        {
            TableRow<T>.AddScaled(fraction, values + (long)token * width, row, width);
        }
    }

    private static bool IsCounting(ReadOnlySpan<int> starts)
    {
        for (var i = 0; i < starts.Length; i++)
        {
            if (starts[i] != i)
            {
                return false;
            }
        }
        return true;
    }
}
