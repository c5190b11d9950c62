using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// The last hidden layer of piecewise linear networks, taken apart: D_H = (r wᵀ) ∘ φ′ and Z̄_H = (z̄ wᵀ + r uᵀ) ∘ φ′ are never formed, and all
/// products of rows with the layer's weights are products with φ′. See DERIVATION.md, the last hidden layer taken apart.
/// </content>
internal sealed unsafe partial class NetworkPasses<T>
{
    // into = φ′(Z_H) diag(w) W_Hᵀ: how scores depend on A_{H−1}.
    private void LastScores(NetworkRows<T> rows, NetworkWeights<T> weights, T* into, int count) =>
        arithmetic.Gemm(
            new(rows.Slope[hidden], count, shape.Width[hidden], shape.Padded[hidden]),
            new(weights.LastTransposed, shape.Width[hidden], shape.Padded[hidden - 1]),
            new(into, count, shape.Padded[hidden - 1]),
            accumulate: false
        );

    // into = leftᵀ φ′(Z_H), with rows as wide as A_{H−1} on the left.
    private void MultiplyBySlope(T* left, NetworkRows<T> rows, T* into, int count) =>
        arithmetic.Gemm(
            new Matrix<T>(left, count, shape.Width[hidden - 1], shape.Padded[hidden - 1]).Transposed,
            new(rows.Slope[hidden], count, shape.Padded[hidden]),
            new(into, shape.Width[hidden - 1], shape.Padded[hidden]),
            accumulate: false
        );

    /// <summary>
    /// P = A_{H−1}ᵀ diag(r) φ′ and its row of sums φ′ᵀ r: times w column by column they are what the step takes from W_H and b_H.
    /// </summary>
    /// <param name="rows">Rows after <see cref="Backward"/>.</param>
    /// <param name="last">Receives both.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scratch">Memory.</param>
    public void LastProduct(NetworkRows<T> rows, LastStep<T> last, int count, Arena<T> scratch)
    {
        var (below, top) = (shape.Padded[hidden - 1], shape.Padded[hidden]);
        var scaled = scratch.Take((long)count * below);
        arithmetic.ScaleRows(rows.OutputDelta, rows.Output[hidden - 1], null, null, scaled, count, below);
        MultiplyBySlope(scaled, rows, last.Product, count);
        Arithmetic<T>.Clear(last.Sum, top);
        arithmetic.AddRows(rows.OutputDelta, rows.Slope[hidden], last.Sum, count, top);
    }

    /// <summary>A_Hᵀ r, what the step takes from w: the columns' sums of P ∘ W_H, and b_H ∘ φ′ᵀ r, since A_H = φ′ ∘ Z_H.</summary>
    public void AddOutputGradient(NetworkWeights<T> weights, LastStep<T> last, T* target)
    {
        var top = shape.Padded[hidden];
        arithmetic.AddColumnDots(last.Product, weights.Weight[hidden], target, shape.Width[hidden - 1], top);
        arithmetic.AddColumnDots(last.Sum, weights.Bias[hidden], target, 1, top);
    }

    /// <summary>
    /// How the scores move along U, from the last hidden layer on: into = φ′ (W_H diag(u) + U diag(w))ᵀ, and what the adjoint of r gets
    /// through that layer, A_{H−1} · into + φ′ (b_H ∘ u + u_b ∘ w) + u_0.
    /// </summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights of the step.</param>
    /// <param name="last">The step, with what U is.</param>
    /// <param name="into">Receives the product, <c>[rows, padded]</c>.</param>
    /// <param name="outputF">Is added to.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scratch">Memory.</param>
    public void MoveLast(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        LastStep<T> last,
        T* into,
        T* outputF,
        int count,
        Arena<T> scratch
    )
    {
        var (below, width) = (shape.Width[hidden - 1], shape.Width[hidden]);
        var (padded, top) = (shape.Padded[hidden - 1], shape.Padded[hidden]);
        var both = scratch.Take((long)below * top);
        arithmetic.ColumnProducts(
            weights.Weight[hidden],
            last.OutputMove,
            last.WeightMove,
            weights.Output,
            both,
            below,
            top,
            accumulate: false
        );
        var turned = padded > below ? scratch.TakeZeros((long)width * padded) : scratch.Take((long)width * padded);
        arithmetic.Transpose(both, top, turned, padded, below, width);
        arithmetic.Gemm(
            new(rows.Slope[hidden], count, width, top),
            new(turned, width, padded),
            new(into, count, padded),
            accumulate: false
        );
        arithmetic.AddPairDots(rows.Output[hidden - 1], into, outputF, count, padded);
        var ofBias = scratch.Take(top);
        arithmetic.ColumnProducts(
            weights.Bias[hidden],
            last.OutputMove,
            last.BiasMove,
            weights.Output,
            ofBias,
            1,
            top,
            accumulate: false
        );
        arithmetic.RowDots(rows.Slope[hidden], ofBias, T.One, T.Zero, outputF, count, top, accumulate: true);
        for (var i = 0; i < count; i++)
        {
            outputF[i] += last.OutputBiasMove;
        }
    }

    /// <summary>
    /// The reverse of the last hidden layer and the output: with Q = (z̄ ∘ A_{H−1} + r ∘ F_{H−1} ∘ φ′)ᵀ φ′(Z_H), W_H gets Q diag(w) + P diag(u)
    /// and w the columns' sums of Q ∘ W_H + P ∘ U.
    /// </summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights of the step.</param>
    /// <param name="adjoint">Is added to.</param>
    /// <param name="last">The step.</param>
    /// <param name="scores">z̄, the adjoint of the scores.</param>
    /// <param name="f">F_{H−1} ∘ φ′ after <see cref="ReverseBackward"/>, or null for zero.</param>
    /// <param name="into">What <see cref="MoveLast"/> wrote; becomes the adjoint of Z_{H−1}, but for what else A_{H−1} may get.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scratch">Memory.</param>
    public void ReverseLast(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        LastStep<T> last,
        T* scores,
        T* f,
        T* into,
        int count,
        Arena<T> scratch
    )
    {
        var (below, padded, top) = (shape.Width[hidden - 1], shape.Padded[hidden - 1], shape.Padded[hidden]);
        var r = rows.OutputDelta;
        MultiplySlope(rows, hidden - 1, into, count);
        arithmetic.ScaleRows(r, into, scores, rows.Pulled[hidden - 1], into, count, padded);
        var inputs = scratch.Take((long)count * padded);
        arithmetic.ScaleRows(scores, rows.Output[hidden - 1], r, f, inputs, count, padded);
        var product = scratch.Take((long)below * top);
        MultiplyBySlope(inputs, rows, product, count);
        var sum = scratch.TakeZeros(top);
        arithmetic.AddRows(scores, rows.Slope[hidden], sum, count, top);
        var w = weights.Output;
        var u = last.OutputMove;
        arithmetic.ColumnProducts(product, w, last.Product, u, adjoint.Weight[hidden], below, top, accumulate: true);
        arithmetic.ColumnProducts(sum, w, last.Sum, u, adjoint.Bias[hidden], 1, top, accumulate: true);
        arithmetic.AddColumnDots(product, weights.Weight[hidden], adjoint.Output, below, top);
        arithmetic.AddColumnDots(sum, weights.Bias[hidden], adjoint.Output, 1, top);
        if (last.WeightMove is not null)
        {
            arithmetic.AddColumnDots(last.WeightMove, last.Product, adjoint.Output, below, top);
            arithmetic.AddColumnDots(last.BiasMove, last.Sum, adjoint.Output, 1, top);
        }
        *adjoint.OutputBias += Arithmetic<T>.Sum(scores, count);
    }
}
