using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>Gradients that each chunk of users adds to a block of its own; the blocks are summed in their order.</summary>
/// <param name="layout">Layout of the blocks, complete when gradients are written.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class ChunkGradients<T>(BlockLayout layout, Arithmetic<T> arithmetic) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int NumbersPerPiece = 4096;

    private T* blocks;
    private int chunks;

    /// <inheritdoc/>
    public int Pieces => (int)((layout.Size + NumbersPerPiece - 1) / NumbersPerPiece);

    /// <summary>Takes blocks of zeros.</summary>
    public void BeginReverse(int ofBatch, Arena<T> arena)
    {
        chunks = ofBatch;
        blocks = arena.TakeZeros(chunks * layout.Size);
    }

    /// <summary>The block of a chunk.</summary>
    public T* Of(int chunk) => blocks + chunk * layout.Size;

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        var start = (long)piece * NumbersPerPiece;
        var count = (int)Math.Min(NumbersPerPiece, layout.Size - start);
        Arithmetic<T>.Copy(blocks + start, gradient + start, count);
        for (var chunk = 1; chunk < chunks; chunk++)
        {
            arithmetic.AddScaled(T.One, Of(chunk) + start, gradient + start, count);
        }
    }
}
