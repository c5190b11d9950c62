using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// What rows of an item share: its embedding and its part of the first layer, and the way back through both. Fields of few
/// tokens (<see cref="EmbeddingTables{T}.Plan"/>) meet W_1 once a token, the others once an item.
/// </content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    // Of each shared field, W_1's rows times the table [vocabulary, padded]; on the way back the adjoint of that.
    private readonly T*[] tokenLayer;

    // Of each shared field, the adjoint of the table as far as it comes through W_1 [vocabulary, padded].
    private readonly T*[] tokenAdjoint;
    private readonly (int First, int Count)[] weightPieces;
    private int weightPieceCount;

    private int ItemBlocks => (batch.Slots.Count + ItemsPerBlock - 1) / ItemsPerBlock;

    // Takes memory for the items and the tokens of shared fields, and cuts W_1's other rows into pieces.
    private void TakeItems(int entitiesPerSharedToken)
    {
        var items = batch.Slots.Count;
        batch.Items = TakeRows(items, shape.Width[0], shape.Padded[0]);
        batch.ItemLayer = memory.Take((long)items * shape.Padded[1]);
        itemTables.Plan(items, entitiesPerSharedToken);
        for (var field = 0; field < itemTables.Count; field++)
        {
            tokenLayer[field] = itemTables.IsShared(field)
                ? memory.Take((long)itemTables.Column(field).Table!.Rows * shape.Padded[1])
                : null;
        }
        weightPieceCount = 0;
        foreach (var (start, width) in itemTables.Ranges)
        {
            for (var first = 0; first < width; first += RowsPerPiece)
            {
                weightPieces[weightPieceCount++] = (start + first, Math.Min(RowsPerPiece, width - first));
            }
        }
    }

    private void TakeItemAdjoints()
    {
        var items = batch.Slots.Count;
        itemLayerAdjoint = memory.Take((long)items * shape.Padded[1]);
        itemAdjoint = memory.Take((long)items * shape.Padded[0]);
        for (var field = 0; field < itemTables.Count; field++)
        {
            var column = itemTables.Column(field);
            tokenAdjoint[field] = itemTables.IsShared(field)
                ? memory.Take((long)column.Table!.Rows * arithmetic.Padded(column.Width))
                : null;
        }
    }

    // A shared field's tokens times its rows of W_1.
    private void EncodeTokens(int worker, int field)
    {
        if (!itemTables.IsShared(field))
        {
            return;
        }
        var column = itemTables.Column(field);
        var width = shape.Padded[1];
        fixed (T* values = column.Table!.Values)
        {
            arithmetic.Gemm(
                new(values, column.Table.Rows, column.Width),
                new(slow.Weights.Weight[1] + (long)column.Start * width, column.Width, width),
                new(tokenLayer[field], column.Table.Rows, width),
                accumulate: false
            );
        }
    }

    // One block of items, or (the last piece) all users.
    private void Encode(int worker, int piece)
    {
        if (piece == ItemBlocks)
        {
            EncodeUsers();
            return;
        }
        var first = piece * ItemsPerBlock;
        var count = Math.Min(ItemsPerBlock, batch.Slots.Count - first);
        var (below, width) = (shape.Padded[0], shape.Padded[1]);
        var items = batch.Items + (long)first * below;
        var entities = batch.Slots.Items.Slice(first, count);
        itemTables.Gather(entities, items, below);
        var layer = batch.ItemLayer + (long)first * width;
        var isFirst = true;
        foreach (var (start, columns) in itemTables.Ranges)
        {
            arithmetic.Gemm(
                new(items + start, count, columns, below),
                new(slow.Weights.Weight[1] + (long)start * width, columns, width),
                new(layer, count, width),
                accumulate: !isFirst
            );
            isFirst = false;
        }
        if (isFirst)
        {
            Arithmetic<T>.Clear(layer, (long)count * width);
        }
        for (var field = 0; field < itemTables.Count; field++)
        {
            if (itemTables.IsShared(field))
            {
                itemTables.Column(field).AddTokens(entities, tokenLayer[field], width, layer);
            }
        }
    }

    // Adjoints of a block of items: those of their first layer, pulled through W_1, and what reached the items directly.
    private void ReverseItems(int worker, int block)
    {
        if (block == ItemBlocks)
        {
            ReverseUsers();
            return;
        }
        var first = block * ItemsPerBlock;
        var count = Math.Min(ItemsPerBlock, batch.Slots.Count - first);
        var (below, width) = (shape.Padded[0], shape.Padded[1]);
        var layer = itemLayerAdjoint + (long)first * width;
        var items = itemAdjoint + (long)first * below;
        batch.Slots.SumRows(
            arithmetic,
            batch.LayerAdjoint,
            batch.FirstAdjoint,
            int.MaxValue,
            first,
            count,
            layer,
            width,
            accumulate: false
        );
        foreach (var (start, columns) in itemTables.Ranges)
        {
            // Whole vectors: what that covers of neighbours is right too, or cleared below.
            var from = start / arithmetic.Lanes * arithmetic.Lanes;
            arithmetic.Gemm(
                new(layer, count, shape.Width[1], width),
                new(
                    slow.Weights.Transposed[1] + from,
                    shape.Width[1],
                    arithmetic.Padded(start + columns) - from,
                    below
                ),
                new(items + from, count, arithmetic.Padded(start + columns) - from, below),
                accumulate: false
            );
        }
        if (batch.ItemAdjoint is not null)
        {
            ClearShared(items, count);
            batch.Slots.SumRows(
                arithmetic,
                batch.ItemAdjoint,
                batch.FirstAdjoint,
                int.MaxValue,
                first,
                count,
                items,
                below,
                accumulate: true
            );
        }
    }

    // Adjoints of shared fields come through W_1 by token: nothing of that stands in the items' rows.
    private void ClearShared(T* items, int count)
    {
        foreach (var (start, width) in itemTables.SharedRanges)
        {
            for (var i = 0; i < count; i++)
            {
                new Span<T>(items + (long)i * shape.Padded[0] + start, width).Clear();
            }
        }
    }

    // A field's table, and where it is shared its rows of dW_1.
    private void ReverseField(int field)
    {
        if (!itemTables.IsShared(field))
        {
            itemTables.Scatter(field, batch.Slots.Items, itemAdjoint, shape.Padded[0]);
            return;
        }
        var column = itemTables.Column(field);
        var (below, width, padded) = (shape.Padded[0], shape.Padded[1], arithmetic.Padded(column.Width));
        var layer = tokenLayer[field];
        var tokens = column.Table!.Rows;
        Arithmetic<T>.Clear(layer, (long)tokens * width);
        column.AddByToken(batch.Slots.Items, itemLayerAdjoint, width, width, layer, width);
        fixed (T* values = column.Table.Values)
        {
            AddWeightRows(column.Start, column.Width, values, column.Width, layer, tokens);
        }
        var adjoint = tokenAdjoint[field];
        arithmetic.Gemm(
            new(layer, tokens, shape.Width[1], width),
            new(slow.Weights.Transposed[1] + column.Start, shape.Width[1], padded, below),
            new(adjoint, tokens, padded),
            accumulate: false
        );
        if (batch.ItemAdjoint is not null)
        {
            column.AddByToken(batch.Slots.Items, itemAdjoint + column.Start, below, column.Width, adjoint, padded);
        }
        column.ScatterTokens(batch.Slots.Items, adjoint, padded);
    }

    // Some rows of dW_1 = XᵀP, plus what users' own weights have brought.
    private void AddWeightRows(int first, int count, T* inputs, int stride, T* adjoints, int rows)
    {
        var width = shape.Padded[1];
        var start = slow.Layout.Weight[1] + (long)first * width;
        if (!isDual)
        {
            SumChunks(start, count * width);
        }
        arithmetic.Gemm(
            new Matrix<T>(inputs, rows, count, stride).Transposed,
            new(adjoints, rows, width),
            new(total + start, count, width),
            accumulate: !isDual
        );
    }
}
