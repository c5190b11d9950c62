using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// A part of a batch (some users in a row), its distinct items, and the gradient of its mean loss: a block for the network, and of the
/// tables those rows that the part has. Keeps its arrays from batch to batch.
/// </summary>
/// <param name="items">The items' tables.</param>
/// <param name="users">The users' tables.</param>
internal sealed unsafe class PartBlock<T>(EmbeddingTables<T> items, EmbeddingTables<T> users)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Numbers that are multiplied in the engine's precision before they are added up in double.
    private const int Piece = 256;

    private readonly TokenRows<T>?[] itemRows = Tables(items);
    private readonly TokenRows<T>?[] userRows = Tables(users);
    private readonly bool[] isAligned = new bool[items.Count];
    private int[] numberOfSlot = [];
    private int[] slots = [];
    private int[] entities = [];
    private int[] rowItems = [];

    /// <summary>First user.</summary>
    public int FirstUser { get; private set; }

    /// <summary>One past the last.</summary>
    public int EndUser { get; private set; }

    /// <summary>Number of distinct items.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Slot of each item in the batch.</summary>
    public ReadOnlySpan<int> Slots => slots.AsSpan(0, ItemCount);

    /// <summary>The items.</summary>
    public ReadOnlySpan<int> Entities => entities.AsSpan(0, ItemCount);

    /// <summary>First chunk of its users.</summary>
    public int FirstChunk { get; set; }

    /// <summary>One past the last.</summary>
    public int EndChunk { get; set; }

    /// <summary>The network's gradient, in its layout: the first chunk's block, to which those of the others are added.</summary>
    public T* Network { get; set; }

    /// <summary>Embedded items, as <see cref="FusedBatch{T}.Items"/> <c>[items, padded]</c>.</summary>
    public T* Inputs { get; set; }

    /// <summary>Adjoint of the items' part of the first layer <c>[items, padded]</c>.</summary>
    public T* LayerAdjoint { get; set; }

    /// <summary>Adjoint of the embedded items <c>[items, padded]</c>.</summary>
    public T* ItemAdjoint { get; set; }

    /// <summary>Adjoint of the embedded users <c>[users, padded]</c>.</summary>
    public T* UserAdjoint { get; set; }

    /// <summary>Of each shared field of items, the adjoint of its outputs by token.</summary>
    public T*[] TokenSums { get; } = new T*[items.Count];

    /// <summary>Rows of an item field's table; null for a number.</summary>
    public TokenRows<T>? ItemRows(int field) => itemRows[field];

    /// <summary>Rows of a user field's table; null for a number.</summary>
    public TokenRows<T>? UserRows(int field) => userRows[field];

    /// <summary>Whether a field's rows are the items' adjoints themselves: each item has one token, of its own.</summary>
    public bool IsAligned(int field) => isAligned[field];

    /// <summary>Takes users of a batch: numbers their items and tokens.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="firstUser">First user.</param>
    /// <param name="endUser">One past the last.</param>
    public void Begin(FusedBatch<T> batch, int firstUser, int endUser)
    {
        (FirstUser, EndUser, ItemCount) = (firstUser, endUser, 0);
        Reserve(batch);
        var seen = Number(batch, Support(batch), 0);
        Number(batch, Query(batch), seen);
        for (var field = 0; field < itemRows.Length; field++)
        {
            if (itemRows[field] is { } rows)
            {
                isAligned[field] = Collect(rows, items.Column(field), Entities, items.IsShared(field));
            }
        }
        var ofUsers = batch.Tasks.Users.AsSpan()[firstUser..endUser];
        for (var field = 0; field < userRows.Length; field++)
        {
            if (userRows[field] is { } rows)
            {
                Collect(rows, users.Column(field), ofUsers, byToken: false);
            }
        }
    }

    /// <summary>Sums numbers of the part's rows by item, rows in their order.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Numbers of every row of the batch <c>[rows, width]</c>.</param>
    /// <param name="target">Sums <c>[items, width]</c>.</param>
    /// <param name="width">Padded length of a row.</param>
    /// <param name="accumulate">Whether they are added to what is there.</param>
    public void SumRows(FusedBatch<T> batch, T* rows, T* target, int width, bool accumulate)
    {
        var seen = accumulate ? ItemCount : 0;
        var place = 0;
        ReadOnlySpan<RowRange> ranges = [Support(batch), Query(batch)];
        foreach (var range in ranges)
        {
            for (var row = range.First; row < range.First + range.Count; row++)
            {
                var from = rows + (long)row * width;
                var to = target + (long)rowItems[place] * width;
                if (rowItems[place++] == seen)
                {
                    TableRow<T>.Copy(from, to, width);
                    seen++;
                }
                else
                {
                    TableRow<T>.Add(from, to, width);
                }
            }
        }
    }

    /// <summary>Inner product of two parts' gradients of the network.</summary>
    /// <param name="other">The other part.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="size">Length of the network's block.</param>
    public double Product(PartBlock<T> other, Arithmetic<T> arithmetic, long size)
    {
        double sum = 0;
        for (long start = 0; start < size; start += Piece)
        {
            var count = (int)Math.Min(Piece, size - start);
            sum += double.CreateTruncating(arithmetic.Dot(Network + start, other.Network + start, count));
        }
        return sum;
    }

    private RowRange Support(FusedBatch<T> batch)
    {
        var first = batch.Tasks.SupportStarts[FirstUser];
        return new(first, batch.FirstAdjoint > 0 ? 0 : batch.Tasks.SupportStarts[EndUser] - first);
    }

    private RowRange Query(FusedBatch<T> batch)
    {
        var first = batch.Tasks.QueryStarts[FirstUser];
        return new(batch.SupportRows + first, batch.Tasks.QueryStarts[EndUser] - first);
    }

    private int Number(FusedBatch<T> batch, RowRange range, int place)
    {
        var slotOf = batch.Slots.Of.Slice(range.First, range.Count);
        foreach (var slot in slotOf)
        {
            ref var number = ref numberOfSlot[slot];
            if (number < 0)
            {
                number = ItemCount;
                slots[ItemCount] = slot;
                entities[ItemCount++] = batch.Slots.Items[slot];
            }
            rowItems[place++] = number;
        }
        return place;
    }

    private void Reserve(FusedBatch<T> batch)
    {
        if (numberOfSlot.Length < batch.Slots.Count)
        {
            numberOfSlot = new int[batch.Slots.Count + batch.Slots.Count / 2];
            (slots, entities) = (new int[numberOfSlot.Length], new int[numberOfSlot.Length]);
        }
        numberOfSlot.AsSpan(0, batch.Slots.Count).Fill(-1);
        var rows = batch.SupportRows + batch.QueryRows;
        if (rowItems.Length < rows)
        {
            rowItems = new int[rows + rows / 2];
        }
    }

    // Whether each entity has one token, which no other has.
    private static bool Collect(TokenRows<T> rows, EmbeddedColumn<T> column, ReadOnlySpan<int> entities, bool byToken)
    {
        rows.Begin(byToken);
        var isAligned = true;
        if (column.HasOneToken)
        {
            foreach (var entity in entities)
            {
                isAligned &= rows.Add(column.Token(entity));
            }
            return isAligned;
        }
        foreach (var entity in entities)
        {
            var bag = column.Bag(entity);
            isAligned &= bag.Length == 1;
            foreach (var token in bag)
            {
                isAligned &= rows.Add(token);
            }
        }
        return isAligned;
    }

    private static TokenRows<T>?[] Tables(EmbeddingTables<T> tables) =>
        [
            .. Enumerable
                .Range(0, tables.Count)
                .Select(field => tables.Column(field).Table is { } table ? new TokenRows<T>(table.Rows) : null),
        ];
}
