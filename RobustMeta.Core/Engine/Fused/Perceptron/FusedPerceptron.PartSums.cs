using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// The sums of one part: what <see cref="ReverseItems"/>, <see cref="Collect"/> and <see cref="ReverseUsers"/> do for a batch, over the part's users
/// and into its block.
/// </content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    // The items of each part, which take the longest, then its network and users.
    private void CollectPartRows(int worker, int piece)
    {
        if (piece < partCount)
        {
            CollectItems(parts[piece]);
            return;
        }
        var part = parts[piece - partCount];
        SumPartChunks(part);
        CollectUsers(part);
    }

    // Some rows of dW_1, or a field's table, of each part.
    private void CollectPartField(int worker, int piece)
    {
        var part = parts[piece % partCount];
        var field = piece / partCount - weightPieceCount;
        if (field < 0)
        {
            var (first, count, place) = weightPieces[field + weightPieceCount];
            AddPartRows(part, first, count, part.Inputs + place, batch.ItemWidth, part.LayerAdjoint, part.ItemCount);
        }
        else if (itemTables.IsShared(field))
        {
            CollectShared(part, field);
        }
        else if (part.ItemRows(field) is { } rows && !part.IsAligned(field))
        {
            var adjoints = part.ItemAdjoint + fields.Place(field);
            AddBags(itemTables.Column(field), part.Entities, adjoints, batch.ItemWidth, rows);
        }
    }

    private void SumPartChunks(PartBlock<T> part)
    {
        var start = isDual ? slow.Layout.Rest : 0;
        for (var chunk = part.FirstChunk + 1; chunk < part.EndChunk; chunk++)
        {
            var gradient = chunkGradients + chunk * ChunkSize;
            arithmetic.AddScaled(T.One, gradient + start, part.Network + start, (int)(slow.Layout.Size - start));
        }
    }

    // Adjoints of the items, and their embeddings side by side.
    private void CollectItems(PartBlock<T> part)
    {
        var (below, width) = (batch.ItemWidth, shape.Padded[1]);
        part.SumRows(batch, batch.LayerAdjoint, part.LayerAdjoint, width, accumulate: false);
        if (batch.ItemAdjoint is null)
        {
            fields.Pull(part.LayerAdjoint, part.ItemAdjoint, part.ItemCount);
        }
        else if (fields.PullsExactly)
        {
            part.SumRows(batch, batch.ItemAdjoint, part.ItemAdjoint, below, accumulate: false);
            fields.Pull(part.LayerAdjoint, part.ItemAdjoint, part.ItemCount, accumulate: true);
        }
        else
        {
            fields.Pull(part.LayerAdjoint, part.ItemAdjoint, part.ItemCount);
            ClearShared(part.ItemAdjoint, part.ItemCount);
            part.SumRows(batch, batch.ItemAdjoint, part.ItemAdjoint, below, accumulate: true);
        }
        var slots = part.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            Arithmetic<T>.Copy(batch.Items + (long)slots[i] * below, part.Inputs + (long)i * below, below);
        }
    }

    private void CollectShared(PartBlock<T> part, int field)
    {
        var (column, rows, width) = (itemTables.Column(field), part.ItemRows(field)!, shape.Padded[1]);
        var sums = part.TokenSums[field];
        var tokens = column.Table!.Rows;
        Arithmetic<T>.Clear(sums, (long)tokens * width);
        column.AddByToken(part.Entities, part.LayerAdjoint, width, width, sums, width);
        fixed (T* values = column.Table.Values)
        {
            AddPartRows(part, column.Start, column.Width, values, column.Width, sums, tokens);
        }
        fields.PullTokens(field, sums, rows.Rows);
        if (pairs.Has(field))
        {
            var ofPairs = part.Network + slow.Layout.Size;
            var count = part.EndChunk - part.FirstChunk;
            pairs.AddTable(field, shape.IsSecondOrder, ofPairs, ChunkSize, count, rows.Rows, rows.Stride);
        }
        else if (batch.ItemAdjoint is not null)
        {
            var adjoint = part.ItemAdjoint + fields.Place(field);
            column.AddByToken(part.Entities, adjoint, batch.ItemWidth, column.Width, rows.Rows, rows.Stride);
        }
    }

    private void CollectUsers(PartBlock<T> part)
    {
        var (users, below, width) = (part.EndUser - part.FirstUser, shape.UserPadded, shape.Padded[1]);
        var inputs = batch.Users + (long)part.FirstUser * below;
        var adjoint = batch.UserLayerAdjoint + (long)part.FirstUser * width;
        arithmetic.Gemm(
            new Matrix<T>(inputs, users, shape.UserWidth, below).Transposed,
            new(adjoint, users, width),
            new(part.Network + slow.Layout.User, shape.UserWidth, width),
            accumulate: false
        );
        arithmetic.AddRows(null, adjoint, part.Network + slow.Layout.Bias[1], users, width);
        arithmetic.Gemm(
            new(adjoint, users, shape.Width[1], width),
            new(slow.UserTransposed, shape.Width[1], below),
            new(part.UserAdjoint, users, below),
            accumulate: false
        );
        for (var u = 0; u < users && AdaptsFirst; u++)
        {
            var factor = shape.IsSecondOrder ? T.One + T.One : T.One;
            arithmetic.AddScaled(
                factor * batch.UserNormAdjoint[part.FirstUser + u],
                inputs + (long)u * below,
                part.UserAdjoint + (long)u * below,
                below
            );
        }
        var entities = batch.Tasks.Users.AsSpan()[part.FirstUser..part.EndUser];
        for (var field = 0; field < userTables.Count; field++)
        {
            if (part.UserRows(field) is { } rows)
            {
                var column = userTables.Column(field);
                AddBags(column, entities, part.UserAdjoint + column.Start, below, rows);
            }
        }
    }

    private static void AddBags(
        EmbeddedColumn<T> column,
        ReadOnlySpan<int> entities,
        T* adjoint,
        int stride,
        TokenRows<T> rows
    )
    {
        foreach (var entity in entities)
        {
            var bag = column.Bag(entity);
            var fraction = EmbeddedColumn<T>.Fraction(bag);
            foreach (var token in bag)
            {
                TableRow<T>.AddScaled(fraction, adjoint, rows.Find(token), column.Width);
            }
            adjoint += stride;
        }
    }

    // Some rows of the part's dW_1 = XᵀP, plus what users' own weights have brought.
    private void AddPartRows(PartBlock<T> part, int first, int count, T* inputs, int stride, T* adjoints, int rows)
    {
        var width = shape.Padded[1];
        arithmetic.Gemm(
            new Matrix<T>(inputs, rows, count, stride).Transposed,
            new(adjoints, rows, width),
            new(part.Network + slow.Layout.Weight[1] + (long)first * width, count, width),
            accumulate: !isDual
        );
    }
}
