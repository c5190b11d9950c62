using System.Numerics;
using System.Numerics.Tensors;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// How unsure the items of supports are: <c>s = exp(spread.id + logSpread)</c> without its first number, which belongs to the mean and
/// does not act.
/// </summary>
internal sealed unsafe class SpreadRows<T> : IGradientPieces<T>, ITouchesRows
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int order;
    private readonly int width;
    private readonly FactorBatch<T> batch;
    private readonly Arithmetic<T> arithmetic;
    private readonly int rowWidth;
    private readonly EmbeddingTables<T> own;
    private readonly bool isLearned;
    private readonly VectorGradient<T> ofCommon;
    private readonly long common;
    private ReadOnlyMemory<int> items;
    private T* values;
    private T* rows;
    private T* sums;
    private T* adjoints;

    /// <summary>Spreads whose parameters get places in a layout.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="arrays">Values and gradients.</param>
    /// <param name="layout">Receives the parameter <c>logSpread</c>.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="isConstant">Whether the spreads of single items are not learned.</param>
    public SpreadRows(
        FactorForm form,
        FactorBatch<T> batch,
        ParameterArrays<T> arrays,
        BlockLayout layout,
        Arithmetic<T> arithmetic,
        bool isConstant
    )
    {
        (order, width) = (form.Order, arithmetic.Padded(form.Order));
        (this.batch, this.arithmetic) = (batch, arithmetic);
        rowWidth = arithmetic.Padded(form.Width);
        own = new("spread", form.Identity is { } identity ? [identity] : [], form.Width, arrays);
        isLearned = own.Count > 0 && !isConstant;
        // One number a row: the first of the parameter is left out.
        common = layout.Add("logSpread", 1, order, 1, 1);
        ofCommon = new(common, width, arithmetic);
    }

    /// <inheritdoc/>
    public int Pieces => isLearned ? 2 : 1;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched => isLearned ? own.Touched : [];

    /// <summary>Takes values and memory for the items of supports.</summary>
    public void Begin(T* block, ReadOnlyMemory<int> ofSupports, Arena<T> arena)
    {
        items = ofSupports;
        values = block + common;
        rows = arena.TakeZeros((long)items.Length * rowWidth);
        batch.Spreads = arena.TakeZeros((long)items.Length * width);
    }

    /// <summary>Writes <see cref="FactorBatch{T}.Spreads"/> of some items.</summary>
    public void Forward(int first, int count)
    {
        own.Gather(items.Span.Slice(first, count), rows + (long)first * rowWidth, rowWidth);
        var together = new ReadOnlySpan<T>(values, order);
        for (var i = first; i < first + count; i++)
        {
            var row = new Span<T>(batch.Spreads + (long)i * width, order);
            TensorPrimitives.Add(new ReadOnlySpan<T>(rows + (long)i * rowWidth + 1, order), together, row);
            TensorPrimitives.Exp(row, row);
        }
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        ofCommon.Collect(null, batch.LogSpreadAdjoint, batch.Tasks.Count);
        if (isLearned)
        {
            sums = arena.Take((long)items.Length * width);
            adjoints = arena.TakeZeros((long)items.Length * rowWidth);
        }
    }

    /// <summary>Sums <see cref="FactorBatch{T}.SpreadAdjoint"/> for some items, through the exponential.</summary>
    public void Reverse(int first, int count)
    {
        if (!isLearned)
        {
            return;
        }
        var target = sums + (long)first * width;
        var ofRows = batch.SpreadAdjoint;
        batch.Slots.SumRows(arithmetic, ofRows, 0, batch.SupportRows, first, count, target, width, accumulate: false);
        arithmetic.Multiply(batch.Spreads + (long)first * width, target, count * width);
        for (var i = first; i < first + count; i++)
        {
            Arithmetic<T>.Copy(sums + (long)i * width, adjoints + (long)i * rowWidth + 1, order);
        }
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        if (piece == 0)
        {
            ofCommon.WriteGradient(0, gradient);
            return;
        }
        own.Scatter(0, items.Span, adjoints, rowWidth);
    }
}
