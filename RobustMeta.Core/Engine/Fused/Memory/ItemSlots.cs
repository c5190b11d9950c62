using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// The distinct items of a batch in order of first appearance, the slot of each row, and after <see cref="Group"/> the rows of each
/// slot. Keeps its arrays from batch to batch.
/// </summary>
internal sealed class ItemSlots
{
    // Rows of different items lie apart: they are prefetched.
    private const int Ahead = 4;

    // Of each item the slot plus the batch's first number, which no number of an earlier batch reaches.
    private int[] numberOfItem = [];
    private int first = 1;
    private int[] items = [];
    private int[] slots = [];
    private int[] starts = [];
    private int[] rows = [];
    private int total;

    /// <summary>Number of distinct items U.</summary>
    public int Count { get; private set; }

    /// <summary>Items of all slots.</summary>
    public ReadOnlySpan<int> Items => items.AsSpan(0, Count);

    /// <summary>The same, to be kept until the next batch.</summary>
    public ReadOnlyMemory<int> ItemMemory => items.AsMemory(0, Count);

    /// <summary>Slot of each row, support first, then query.</summary>
    public ReadOnlySpan<int> Of => slots;

    /// <summary>Rows of a slot, ascending, after <see cref="Group"/>.</summary>
    public ReadOnlySpan<int> Rows(int slot) => rows.AsSpan(starts[slot], starts[slot + 1] - starts[slot]);

    /// <summary>Sums the rows' numbers by slot, for some slots, rows in ascending order, after <see cref="Group"/>.</summary>
    /// <param name="arithmetic">Arithmetic.</param>
    /// <param name="rows">Numbers of every row, <c>[rows, width]</c>.</param>
    /// <param name="firstRow">First row that counts.</param>
    /// <param name="endRow">One past the last row that counts.</param>
    /// <param name="firstSlot">First slot.</param>
    /// <param name="count">Number of slots.</param>
    /// <param name="target">Sums, <c>[count, width]</c>.</param>
    /// <param name="width">Padded length of a row.</param>
    /// <param name="accumulate">Whether the sums are added to what <paramref name="target"/> holds.</param>
    public unsafe void SumRows<T>(
        Arithmetic<T> arithmetic,
        T* rows,
        int firstRow,
        int endRow,
        int firstSlot,
        int count,
        T* target,
        int width,
        bool accumulate
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < count; i++)
        {
            if (i + Ahead < count && Rows(firstSlot + i + Ahead) is [var next, ..])
            {
                TableRow<T>.Prefetch(rows + (long)next * width, width);
            }
            var ofSlot = Rows(firstSlot + i);
            var skipped = 0;
            while (skipped < ofSlot.Length && ofSlot[skipped] < firstRow)
            {
                skipped++;
            }
            var end = ofSlot.Length;
            while (end > skipped && ofSlot[end - 1] >= endRow)
            {
                end--;
            }
            arithmetic.SumRows(rows, ofSlot[skipped..end], target + (long)i * width, width, accumulate);
        }
    }

    /// <summary>Takes a batch and numbers its items. All else waits for that, so the rest is left to <see cref="Group"/>.</summary>
    public void Fill(TaskBatch tasks)
    {
        total = tasks.SupportItems.Length + tasks.QueryItems.Length;
        Reserve();
        first += Count;
        if (first > int.MaxValue / 2)
        {
            Array.Clear(numberOfItem);
            first = 1;
        }
        Count = 0;
        Number(tasks.SupportItems.AsSpan(), slots);
        Number(tasks.QueryItems.AsSpan(), slots.AsSpan(tasks.SupportItems.Length));
    }

    // Whether an item is new cannot be predicted, so there is no branch: an item that is not new is written behind the last one, where
    // the next new one takes its place.
    private void Number(ReadOnlySpan<int> ofRows, Span<int> slotOfRow)
    {
        var count = Count;
        for (var row = 0; row < ofRows.Length; row++)
        {
            var item = ofRows[row];
            if (item >= numberOfItem.Length)
            {
                Array.Resize(ref numberOfItem, item + item / 2 + 16);
            }
            ref var number = ref numberOfItem[item];
            // All ones for a number of an earlier batch.
            var isNew = (number - first) >> 31;
            number += isNew & (first + count - number);
            items[count] = item;
            count -= isNew;
            slotOfRow[row] = number - first;
        }
        Count = count;
    }

    /// <summary>Groups the rows by slot. It reads what <see cref="Fill"/> wrote and may run beside other readers of that.</summary>
    public void Group()
    {
        Array.Clear(starts, 0, Count + 1);
        for (var row = 0; row < total; row++)
        {
            starts[slots[row] + 1]++;
        }
        for (var slot = 0; slot < Count; slot++)
        {
            starts[slot + 1] += starts[slot];
        }
        for (var row = total - 1; row >= 0; row--)
        {
            rows[--starts[slots[row] + 1]] = row;
        }
        // Filling from the back moved every end to its start; the starts are one place to the right now.
        for (var slot = 0; slot < Count; slot++)
        {
            starts[slot] = starts[slot + 1];
        }
        starts[Count] = total;
    }

    private void Reserve()
    {
        if (slots.Length < total)
        {
            var room = total + total / 2;
            (slots, rows, items, starts) = (new int[room], new int[room], new int[room], new int[room + 1]);
        }
    }
}
