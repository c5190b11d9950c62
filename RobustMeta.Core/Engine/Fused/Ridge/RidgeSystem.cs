using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

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
    private readonly Cholesky<T> cholesky = new(arithmetic, "ridge", "a larger model.ridge");

    /// <summary>Numbers that a factor takes for a support of so many rows.</summary>
    public long Size(int supports)
    {
        var n = IsDual(supports) ? supports : width;
        return (long)n * arithmetic.Padded(n);
    }

    /// <summary>Factors the matrix, into its <see cref="RidgeMatrix{T}.Factor"/>.</summary>
    public void Factor(in RidgeMatrix<T> matrix, Arena<T> scratch)
    {
        var supports = matrix.Supports;
        var factor = matrix.Factor;
        var isDual = IsDual(supports);
        var scaled = scratch.Take((long)supports * padded);
        for (var i = 0; i < supports; i++)
        {
            var scale = isDual ? T.Sqrt(matrix.Weights[i]) : matrix.Weights[i];
            arithmetic.Scale(scale, matrix.Q + (long)i * padded, scaled + (long)i * padded, padded);
        }
        var n = isDual ? supports : width;
        var length = arithmetic.Padded(n);
        if (isDual)
        {
            Arithmetic<T>.Clear(factor, (long)n * length);
            arithmetic.Gram(new(scaled, n, padded), new(scaled, n, padded), new(factor, n, n, length), T.One, T.Zero);
        }
        else
        {
            arithmetic.Gemm(
                new Matrix<T>(matrix.Q, supports, n, padded).Transposed,
                new(scaled, supports, length, padded),
                new(factor, n, length),
                accumulate: false
            );
        }
        for (var i = 0; i < n; i++)
        {
            factor[(long)i * length + i] += matrix.Lambda;
        }
        cholesky.Factor(factor, n);
    }

    /// <summary>solution = M⁻¹ right; both of F numbers, padded with zeros.</summary>
    /// <param name="matrix">M, factored.</param>
    /// <param name="right">Right side.</param>
    /// <param name="solution">Receives the solution.</param>
    /// <param name="scratch">Memory.</param>
    public void Solve(in RidgeMatrix<T> matrix, T* right, T* solution, Arena<T> scratch)
    {
        if (!IsDual(matrix.Supports))
        {
            Arithmetic<T>.Copy(right, solution, padded);
            cholesky.Solve(matrix.Factor, solution, width);
            return;
        }
        SolveDual(matrix, right, solution, scratch);
        // The two terms of the S × S form cancel where QᵀWQ is large against λ; a second solution, for the residual, restores
        // the digits that this loses.
        var residual = scratch.Take(padded);
        var correction = scratch.Take(padded);
        Residual(matrix, right, solution, residual, scratch);
        SolveDual(matrix, residual, correction, scratch);
        arithmetic.AddScaled(T.One, correction, solution, padded);
    }

    private void SolveDual(in RidgeMatrix<T> matrix, T* right, T* solution, Arena<T> scratch)
    {
        var supports = matrix.Supports;
        Arithmetic<T>.Copy(right, solution, padded);
        var along = scratch.TakeZeros(arithmetic.Padded(supports));
        arithmetic.Gram(new(matrix.Q, supports, padded), new(right, 1, padded), new(along, supports, 1), T.One, T.Zero);
        for (var i = 0; i < supports; i++)
        {
            along[i] *= T.Sqrt(matrix.Weights[i]);
        }
        cholesky.Solve(matrix.Factor, along, supports);
        for (var i = 0; i < supports; i++)
        {
            along[i] *= -T.Sqrt(matrix.Weights[i]);
        }
        arithmetic.AddRows(along, matrix.Q, solution, supports, padded);
        arithmetic.Scale(T.One / matrix.Lambda, solution, solution, padded);
    }

    // residual = right − Qᵀ W Q solution − λ solution.
    private void Residual(in RidgeMatrix<T> matrix, T* right, T* solution, T* residual, Arena<T> scratch)
    {
        var supports = matrix.Supports;
        Arithmetic<T>.Copy(right, residual, padded);
        arithmetic.AddScaled(-matrix.Lambda, solution, residual, padded);
        var along = scratch.Take(supports);
        arithmetic.Gram(
            new(matrix.Q, supports, padded),
            new(solution, 1, padded),
            new(along, supports, 1),
            T.One,
            T.Zero
        );
        for (var i = 0; i < supports; i++)
        {
            along[i] *= -matrix.Weights[i];
        }
        arithmetic.AddRows(along, matrix.Q, residual, supports, padded);
    }

    private bool IsDual(int supports) => dual ?? supports < width;
}
