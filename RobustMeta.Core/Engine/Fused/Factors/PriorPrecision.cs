using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// The precision Λ of all users' priors: <c>exp(logPrecision)</c> as its diagonal and, where exposure informs them, beside it
/// <c>√Λ_ii C_ij √Λ_jj</c> with the correlations C of the model's state.
/// </summary>
/// <param name="order">Order K.</param>
/// <param name="isFull">Whether there are correlations.</param>
/// <param name="arrays">Values of the parameters.</param>
/// <param name="layout">Receives the parameter.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class PriorPrecision<T>(
    int order,
    bool isFull,
    ParameterArrays<T> arrays,
    BlockLayout layout,
    Arithmetic<T> arithmetic
)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int padded = arithmetic.Padded(order);
    private readonly AlignedNumbers<T>? correlation = isFull ? arrays.Values("exposure.correlation") : null;
    private T* diagonal;
    private T* matrix;

    /// <summary>Where the logarithms of the diagonal stand in the layout.</summary>
    public long Place { get; } = layout.Add("logPrecision", 0, 1, order, arithmetic.Padded(order));

    /// <summary>Takes values.</summary>
    public void Begin(T* values, Arena<T> arena)
    {
        diagonal = arena.TakeZeros(padded);
        for (var k = 0; k < order; k++)
        {
            diagonal[k] = T.Exp(values[Place + k]);
        }
        if (!isFull)
        {
            return;
        }
        matrix = arena.TakeZeros((long)order * padded);
        for (var i = 0; i < order; i++)
        {
            for (var j = 0; j < order; j++)
            {
                matrix[(long)i * padded + j] =
                    T.Sqrt(diagonal[i]) * correlation![i * order + j] * T.Sqrt(diagonal[j])
                    + (i == j ? diagonal[i] : T.Zero);
            }
        }
    }

    /// <summary>system += Λ, row by padded row.</summary>
    public void AddTo(T* system)
    {
        if (isFull)
        {
            arithmetic.AddScaled(T.One, matrix, system, order * padded);
            return;
        }
        for (var k = 0; k < order; k++)
        {
            system[(long)k * padded + k] += diagonal[k];
        }
    }

    /// <summary>result = Λ x; both of K numbers, padded with zeros.</summary>
    public void Multiply(T* x, T* result)
    {
        if (isFull)
        {
            Arithmetic<T>.Clear(result, padded);
            arithmetic.RowDots(matrix, x, T.One, T.Zero, result, order, padded, accumulate: false);
            return;
        }
        Arithmetic<T>.Copy(x, result, padded);
        arithmetic.Multiply(diagonal, result, padded);
    }
}
