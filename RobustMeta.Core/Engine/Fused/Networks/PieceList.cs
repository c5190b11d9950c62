using System.Numerics;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>The pieces of several, one after the other.</summary>
/// <param name="parts">Whose pieces.</param>
internal sealed unsafe class PieceList<T>(params IReadOnlyList<IGradientPieces<T>> parts) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IGradientPieces<T>[] parts = [.. parts];

    /// <inheritdoc/>
    public int Pieces { get; } = parts.Sum(part => part.Pieces);

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        var part = 0;
        while (piece >= parts[part].Pieces)
        {
            piece -= parts[part++].Pieces;
        }
        parts[part].WriteGradient(piece, gradient);
    }
}
