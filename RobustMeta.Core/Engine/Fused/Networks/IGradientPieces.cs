using System.Numerics;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// What writes gradients in pieces that are independent of one another, each to a place of its own, so that workers can share
/// them and the result does not depend on who wrote what.
/// </summary>
internal unsafe interface IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Number of pieces.</summary>
    int Pieces { get; }

    /// <summary>Writes a piece.</summary>
    /// <param name="piece">One of <see cref="Pieces"/>.</param>
    /// <param name="gradient">A block of the layout.</param>
    void WriteGradient(int piece, T* gradient);
}
