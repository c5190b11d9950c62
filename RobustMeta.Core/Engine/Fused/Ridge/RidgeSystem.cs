using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Ridge;

/// <summary>
/// The symmetric system of one ridge solution, <c>M = Qᵀ diag(w) Q + λI</c> with w ≥ 0, factored once and solved for any
/// right side. As an F × F system, or where the support is shorter than the item vectors as an S × S one:
/// <c>M⁻¹x = (x − QᵀW½ B⁻¹ W½Q x) / λ</c> with <c>B = W½ QQᵀ W½ + λI</c>, which divides by no weight.
/// </summary>
/// <param name="width">Width F of item vectors.</param>
/// <param name="arithmetic">Arithmetic.</param>
/// <param name="dual">Forces the S × S system or the F × F one; for tests.</param>
internal sealed unsafe class RidgeSystem<T>(int width, Arithmetic<T> arithmetic, bool? dual = null)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int padded = arithmetic.Padded(width);
    private readonly Cholesky<T> cholesky = new(arithmetic);

    /// <summary>Numbers that a factor takes for a support of so many rows.</summary>
    public long Size(int supports)
    {
        var n = IsDual(supports) ? supports : width;
        return (long)n * arithmetic.Padded(n);
    }

    /// <summary>Factors the system.</summary>
    /// <param name="q">Item vectors Q <c>[S, padded]</c>.</param>
    /// <param name="weights">Weights w, none negative.</param>
    /// <param name="supports">Number of rows S.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="factor">Receives the factor, of <see cref="Size"/>.</param>
    /// <param name="scratch">Memory.</param>
    public void Factor(T* q, T* weights, int supports, T lambda, T* factor, Arena<T> scratch)
    {
        var isDual = IsDual(supports);
        var scaled = scratch.Take((long)supports * padded);
        for (var i = 0; i < supports; i++)
        {
            var scale = isDual ? T.Sqrt(weights[i]) : weights[i];
            arithmetic.Scale(scale, q + (long)i * padded, scaled + (long)i * padded, padded);
        }
        var n = isDual ? supports : width;
        var length = arithmetic.Padded(n);
        if (isDual)
        {
            var dense = scratch.Take((long)n * n);
            arithmetic.Gram(new(scaled, n, padded), new(scaled, n, padded), new(dense, n, n), T.One, T.Zero);
            Arithmetic<T>.Clear(factor, (long)n * length);
            for (var i = 0; i < n; i++)
            {
                Arithmetic<T>.Copy(dense + (long)i * n, factor + (long)i * length, n);
            }
        }
        else
        {
            arithmetic.Gemm(
                new Matrix<T>(q, supports, n, padded).Transposed,
                new(scaled, supports, length, padded),
                new(factor, n, length),
                accumulate: false
            );
        }
        for (var i = 0; i < n; i++)
        {
            factor[(long)i * length + i] += lambda;
        }
        cholesky.Factor(factor, n);
    }

    /// <summary>solution = M⁻¹ right; both of F numbers, padded with zeros.</summary>
    /// <param name="q">As in <see cref="Factor"/>, as are the next three.</param>
    /// <param name="weights">w.</param>
    /// <param name="supports">S.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="factor">What <see cref="Factor"/> made of them.</param>
    /// <param name="right">Right side.</param>
    /// <param name="solution">Receives the solution.</param>
    /// <param name="scratch">Memory.</param>
    public void Solve(T* q, T* weights, int supports, T lambda, T* factor, T* right, T* solution, Arena<T> scratch)
    {
        if (!IsDual(supports))
        {
            Arithmetic<T>.Copy(right, solution, padded);
            cholesky.Solve(factor, solution, width);
            return;
        }
        SolveDual(q, weights, supports, lambda, factor, right, solution, scratch);
        // The two terms of the S × S form cancel where QᵀWQ is large against λ; what that loses a second solution for the
        // residual brings back.
        var residual = scratch.Take(padded);
        var correction = scratch.Take(padded);
        Residual(q, weights, supports, lambda, right, solution, residual, scratch);
        SolveDual(q, weights, supports, lambda, factor, residual, correction, scratch);
        arithmetic.AddScaled(T.One, correction, solution, padded);
    }

    private void SolveDual(T* q, T* weights, int supports, T lambda, T* factor, T* right, T* solution, Arena<T> scratch)
    {
        Arithmetic<T>.Copy(right, solution, padded);
        var along = scratch.TakeZeros(arithmetic.Padded(supports));
        arithmetic.Gram(new(q, supports, padded), new(right, 1, padded), new(along, supports, 1), T.One, T.Zero);
        ScaleByRoots(weights, along, supports);
        cholesky.Solve(factor, along, supports);
        for (var i = 0; i < supports; i++)
        {
            along[i] *= -T.Sqrt(weights[i]);
        }
        arithmetic.AddRows(along, q, solution, supports, padded);
        arithmetic.Scale(T.One / lambda, solution, solution, padded);
    }

    // residual = right − Qᵀ W Q solution − λ solution.
    private void Residual(
        T* q,
        T* weights,
        int supports,
        T lambda,
        T* right,
        T* solution,
        T* residual,
        Arena<T> scratch
    )
    {
        Arithmetic<T>.Copy(right, residual, padded);
        arithmetic.AddScaled(-lambda, solution, residual, padded);
        var along = scratch.Take(supports);
        arithmetic.Gram(new(q, supports, padded), new(solution, 1, padded), new(along, supports, 1), T.One, T.Zero);
        for (var i = 0; i < supports; i++)
        {
            along[i] *= -weights[i];
        }
        arithmetic.AddRows(along, q, residual, supports, padded);
    }

    private bool IsDual(int supports) => dual ?? supports < width;

    private static void ScaleByRoots(T* weights, T* x, int n)
    {
        for (var i = 0; i < n; i++)
        {
            x[i] *= T.Sqrt(weights[i]);
        }
    }
}
