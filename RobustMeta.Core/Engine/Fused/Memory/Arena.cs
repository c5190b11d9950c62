using System.Runtime.InteropServices;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Scratch memory that is taken piece by piece and given back all at once. Pieces start at cache lines. After the first
/// few batches nothing is allocated any more.
/// </summary>
internal sealed unsafe class Arena<T> : IDisposable
    where T : unmanaged
{
    private const int Line = 64;
    private readonly List<(nint Start, long Length)> blocks = [];
    private int current;
    private long used;

    /// <summary>Numbers taken since the last <see cref="Reset"/>, rounded up to cache lines.</summary>
    public long Taken { get; private set; }

    /// <summary>A piece of n numbers, not cleared.</summary>
    public T* Take(long n)
    {
        var length = Rounded(n);
        Taken += length;
        while (current < blocks.Count && used + length > blocks[current].Length)
        {
            (current, used) = (current + 1, 0);
        }
        if (current == blocks.Count)
        {
            Grow(Math.Max(length, 1 << 14));
        }
        var piece = (T*)blocks[current].Start + used;
        used += length;
        return piece;
    }

    /// <summary>A piece of n zeros.</summary>
    public T* TakeZeros(long n)
    {
        var piece = Take(n);
        NativeMemory.Clear(piece, (nuint)(n * sizeof(T)));
        return piece;
    }

    /// <summary>Where the next piece comes from, for <see cref="Rewind"/>.</summary>
    public (int Block, long Used) Mark => (current, used);

    /// <summary>Gives back what was taken since a mark, so that the next pieces lie where caches have been lately.</summary>
    public void Rewind((int Block, long Used) mark) => (current, used) = mark;

    /// <summary>Gives everything back; earlier pieces must not be used any more. Several blocks become one.</summary>
    public void Reset()
    {
        if (blocks.Count > 1)
        {
            var total = blocks.Sum(block => block.Length);
            Free();
            Grow(total);
        }
        (current, used, Taken) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => Free();

    private static long Rounded(long n) => (n * sizeof(T) + Line - 1) / Line * Line / sizeof(T);

    private void Grow(long length)
    {
        var start = NativeMemory.AlignedAlloc((nuint)(length * sizeof(T)), Line);
        blocks.Add(((nint)start, length));
    }

    private void Free()
    {
        foreach (var (start, _) in blocks)
        {
            NativeMemory.AlignedFree((void*)start);
        }
        blocks.Clear();
    }
}
