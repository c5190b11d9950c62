using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Processes;

/// <summary>Weighted means of rows, <c>R = Σ w_j x_j / N</c>, and their way back. Null weights count as ones.</summary>
/// <param name="width">Padded length of a row.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class WeightedMean<T>(int width, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Padded length of a row.</summary>
    public int Width => width;

    /// <summary>sum += Σ w_j x_j.</summary>
    public void Add(T* rows, T* weights, int count, T* sum) => arithmetic.AddRows(weights, rows, sum, count, width);

    /// <summary>y = x / N, of sums on the way there and of adjoints of means on the way back.</summary>
    public void Divide(T* x, T total, T* y) => arithmetic.Scale(T.One / total, x, y, width);

    /// <summary>Adjoints w_j g of the rows.</summary>
    /// <param name="pulled">g, the adjoint of the mean over N.</param>
    /// <param name="weights">w.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="adjoint">Receives the adjoints.</param>
    public void Reverse(T* pulled, T* weights, int count, T* adjoint) =>
        arithmetic.Outer(weights, T.One, pulled, adjoint, count, width, accumulate: false);

    /// <summary>Adds gᵀ (x_j − R) to the adjoint of each weight, N being the sum of weights and of constants.</summary>
    /// <param name="rows">x.</param>
    /// <param name="pulled">g.</param>
    /// <param name="mean">R.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="adjoint">Is added to.</param>
    public void ReverseWeights(T* rows, T* pulled, T* mean, int count, T* adjoint) =>
        arithmetic.RowDots(
            rows,
            pulled,
            T.One,
            -arithmetic.Dot(pulled, mean, width),
            adjoint,
            count,
            width,
            accumulate: true
        );
}
