using System.Numerics;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>Gradient of a single number: what users or rows say, summed in their order.</summary>
/// <param name="place">Where the number stands in the layout.</param>
internal sealed unsafe class NumberGradient<T>(long place) : IGradientPieces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private T* numbers;
    private int count;

    /// <inheritdoc/>
    public int Pieces => 1;

    /// <summary>Notes what is summed, to be there when the gradient is written.</summary>
    public void Collect(T* summands, int number)
    {
        numbers = summands;
        count = number;
    }

    /// <inheritdoc/>
    public void WriteGradient(int piece, T* gradient)
    {
        var sum = T.Zero;
        for (var i = 0; i < count; i++)
        {
            sum += numbers[i];
        }
        gradient[place] = sum;
    }
}
