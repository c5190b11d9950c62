using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// What rows of an item share: its embedding and its part of the first layer, and the way back through both. Fields of few
/// tokens (<see cref="EmbeddingTables{T}.Plan"/>) meet W_1 once a token, the others once an item.
/// </content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    // Rows of W_1 and the place of their columns in the rows of items.
    private readonly (int First, int Count, int Place)[] weightPieces;
    private int weightPieceCount;

    private int ItemBlocks => (batch.Slots.Count + ItemsPerBlock - 1) / ItemsPerBlock;

    // Takes memory for the items and the tokens of shared fields, and cuts W_1's other rows into pieces.
    private void TakeItems(int entitiesPerSharedToken, RowFields rowFields)
    {
        var items = batch.Slots.Count;
        fields.Plan(items, entitiesPerSharedToken, rowFields);
        batch.ItemWidth = fields.RowWidth;
        var size = (long)items * batch.ItemWidth;
        batch.Items = fields.HasGaps ? memory.TakeZeros(size) : memory.Take(size);
        batch.ItemLayer = memory.Take((long)items * shape.Padded[1]);
        pairs.Begin(batch.Slots, batch.SupportRows + batch.QueryRows, memory);
        fields.Begin(FirstLayer, batch.Slots.ItemMemory, memory);
        weightPieceCount = 0;
        foreach (var range in itemTables.Ranges)
        {
            var place = fields.Place(range.FirstField);
            for (var first = 0; first < range.Width; first += RowsPerPiece)
            {
                var count = Math.Min(RowsPerPiece, range.Width - first);
                weightPieces[weightPieceCount++] = (range.Start + first, count, place + first);
            }
        }
    }

    private void TakeItemAdjoints()
    {
        var items = batch.Slots.Count;
        itemLayerAdjoint = memory.Take((long)items * shape.Padded[1]);
        itemAdjoint = memory.Take((long)items * batch.ItemWidth);
        fields.BeginReverse(memory);
    }

    private FieldMap<T>.Weights FirstLayer =>
        new(slow.Weights.Weight[1], slow.Weights.Transposed[1], shape.Width[1], shape.Padded[0], shape.Padded[1]);

    private void EncodeTokens(int worker, int field)
    {
        fields.EncodeTokens(field);
        pairs.Encode(field);
    }

    // All users (the first piece, since it is the longest), the items' rows for the way back, or one block of items.
    private void Encode(int worker, int piece)
    {
        if (piece == 0)
        {
            EncodeUsers();
            return;
        }
        if (piece == 1)
        {
            batch.Slots.Group();
            return;
        }
        var first = (piece - 2) * ItemsPerBlock;
        var count = Math.Min(ItemsPerBlock, batch.Slots.Count - first);
        var width = shape.Padded[1];
        var items = batch.Items + (long)first * batch.ItemWidth;
        fields.Gather(first, count, items);
        fields.Apply(first, count, items, batch.ItemLayer + (long)first * width, accumulate: false);
    }

    // Adjoints of a block of items: those of their first layer, pulled through W_1, and what reached the items directly.
    private void ReverseItems(int worker, int piece)
    {
        if (piece == 0)
        {
            ReverseUsers();
            return;
        }
        var first = (piece - 1) * ItemsPerBlock;
        var count = Math.Min(ItemsPerBlock, batch.Slots.Count - first);
        var (below, width) = (batch.ItemWidth, shape.Padded[1]);
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
        if (batch.ItemAdjoint is null)
        {
            fields.Pull(layer, items, count);
            return;
        }
        var pullsLast = fields.PullsExactly;
        if (!pullsLast)
        {
            fields.Pull(layer, items, count);
            ClearShared(items, count);
        }
        batch.Slots.SumRows(
            arithmetic,
            batch.ItemAdjoint,
            batch.FirstAdjoint,
            int.MaxValue,
            first,
            count,
            items,
            below,
            accumulate: !pullsLast
        );
        if (pullsLast)
        {
            fields.Pull(layer, items, count, accumulate: true);
        }
    }

    // Adjoints of shared fields come through W_1 by token: nothing of that stands in the items' rows.
    private void ClearShared(T* items, int count)
    {
        for (var field = 0; field < itemTables.Count; field++)
        {
            if (!itemTables.IsShared(field) || !fields.Holds(field))
            {
                continue;
            }
            var (place, width) = (fields.Place(field), itemTables.Column(field).Width);
            for (var i = 0; i < count; i++)
            {
                new Span<T>(items + (long)i * batch.ItemWidth + place, width).Clear();
            }
        }
    }

    // A field's table, and where it is shared its rows of dW_1.
    private void ReverseField(int field)
    {
        if (!itemTables.IsShared(field))
        {
            fields.Scatter(field, itemAdjoint);
            return;
        }
        var column = itemTables.Column(field);
        var entities = batch.Slots.Items;
        var ofTokens = fields.SumByToken(field, itemLayerAdjoint);
        fixed (T* values = column.Table!.Values)
        {
            AddWeightRows(column.Start, column.Width, values, column.Width, ofTokens, column.Table.Rows);
        }
        var adjoint = fields.PullTokens(field);
        var padded = fields.Padded(field);
        if (pairs.Has(field))
        {
            var ofPairs = chunkGradients + slow.Layout.Size;
            pairs.AddTable(field, shape.IsSecondOrder, ofPairs, ChunkSize, chunks.Count, adjoint, padded);
        }
        else if (batch.ItemAdjoint is not null)
        {
            var rows = itemAdjoint + fields.Place(field);
            column.AddByToken(entities, rows, batch.ItemWidth, column.Width, adjoint, padded);
        }
        column.ScatterTokens(adjoint, padded);
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
