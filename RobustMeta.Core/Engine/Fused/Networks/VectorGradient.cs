using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>Gradient of a vector that rows met: their adjoints, each times a number, summed.</summary>
/// <param name="place">Where the vector stands in the layout.</param>
/// <param name="width">Its padded length.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class VectorGradient<T>(long place, int width, Arithmetic<T> arithmetic) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private T* factors;
    private T* rows;
    private int count;

    /// <inheritdoc/>
    public int Pieces => 1;

    /// <summary>Notes what is summed, to be there when the gradient is written.</summary>
    /// <param name="ofRows">A number a row; null for ones.</param>
    /// <param name="adjoints">The rows.</param>
    /// <param name="number">Number of rows.</param>
    public void Collect(T* ofRows, T* adjoints, int number)
    {
        factors = ofRows;
        rows = adjoints;
        count = number;
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        Arithmetic<T>.Clear(gradient + place, width);
        arithmetic.AddRows(factors, rows, gradient + place, count, width);
    }
}
