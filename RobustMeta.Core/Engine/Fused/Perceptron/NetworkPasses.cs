using System.Numerics;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// The network on some rows with given weights: forward, backward, and the reverse of both. The mathematics, with these
/// names, is in DERIVATION.md in the folder above.
/// </summary>
internal sealed unsafe partial class NetworkPasses<T>(PerceptronShape shape, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int hidden = shape.Hidden;
    private readonly T leak = Arithmetic<T>.Leak(shape.Form.Activation);

    /// <summary>
    /// Layers 1 to H and the scores. The first layer's outputs hold its pre-activations Z_1 when this is called.
    /// </summary>
    public void Forward(NetworkRows<T> rows, NetworkWeights<T> weights, int count)
    {
        for (var l = 1; l <= hidden; l++)
        {
            if (l > 1)
            {
                Layer(rows, weights, l, count);
            }
            Activate(rows, l, l == 1 ? null : weights.Bias[l], count);
        }
        var width = shape.Padded[hidden];
        arithmetic.RowDots(
            rows.Output[hidden],
            weights.Output,
            T.One,
            *weights.OutputBias,
            rows.Score,
            count,
            width,
            accumulate: false
        );
    }

    /// <summary>Z_l = A_{l−1} W_l, into the place of A_l.</summary>
    public void Layer(NetworkRows<T> rows, NetworkWeights<T> weights, int l, int count) =>
        arithmetic.Gemm(
            new(rows.Output[l - 1], count, shape.Width[l - 1], shape.Padded[l - 1]),
            new(weights.Weight[l], shape.Width[l - 1], shape.Padded[l]),
            new(rows.Output[l], count, shape.Padded[l]),
            accumulate: false
        );

    /// <summary>A_l = φ(Z_l + bias) with its derivatives.</summary>
    public void Activate(NetworkRows<T> rows, int l, T* bias, int count) =>
        arithmetic.Activate(
            shape.Form.Activation,
            rows.Output[l],
            bias,
            rows.Slope[l],
            rows.Curvature[l],
            count,
            shape.Padded[l]
        );

    /// <summary>x = x ∘ φ′(Z_l).</summary>
    public void MultiplySlope(NetworkRows<T> rows, int l, T* x, int count)
    {
        if (shape.IsSmooth)
        {
            arithmetic.Multiply(rows.Slope[l], x, count * shape.Padded[l]);
        }
        else
        {
            arithmetic.MultiplyStep(rows.Output[l], leak, x, count * shape.Padded[l]);
        }
    }

    // result = (r wᵀ) ∘ φ′(Z_H), w the weights of the output.
    private void OuterProduct(NetworkRows<T> rows, T* r, NetworkWeights<T> weights, T* result, int count)
    {
        var width = shape.Padded[hidden];
        if (shape.IsSmooth)
        {
            arithmetic.OuterProduct(r, weights.Output, rows.Slope[hidden], result, count, width);
        }
        else
        {
            arithmetic.OuterProductStep(r, weights.Output, rows.Output[hidden], leak, result, count, width);
        }
    }

    /// <summary>The deltas of all layers, from those of the output.</summary>
    public void Backward(NetworkRows<T> rows, NetworkWeights<T> weights, int count)
    {
        var top = hidden;
        if (shape.SplitsLast)
        {
            top = hidden - 1;
            LastScores(rows, weights, rows.Pulled[top], count);
            MultiplySlope(rows, top, rows.Pulled[top], count);
            arithmetic.ScaleRows(
                rows.OutputDelta,
                rows.Pulled[top],
                null,
                null,
                rows.Delta[top],
                count,
                shape.Padded[top]
            );
        }
        else
        {
            OuterProduct(rows, rows.OutputDelta, weights, rows.Delta[hidden], count);
        }
        for (var l = top - 1; l >= 1; l--)
        {
            Pull(rows.Delta[l + 1], weights, l + 1, rows.Delta[l], count, accumulate: false);
            var size = count * shape.Padded[l];
            if (shape.IsSmooth)
            {
                Arithmetic<T>.Copy(rows.Delta[l], rows.Pulled[l], size);
            }
            MultiplySlope(rows, l, rows.Delta[l], count);
        }
    }

    /// <summary>into (+)= delta · W_lᵀ: an adjoint of Z_l becomes one of A_{l−1}.</summary>
    public void Pull(T* delta, NetworkWeights<T> weights, int l, T* into, int count, bool accumulate) =>
        arithmetic.Gemm(
            new(delta, count, shape.Width[l], shape.Padded[l]),
            new(weights.Transposed[l], shape.Width[l], shape.Padded[l - 1]),
            new(into, count, shape.Padded[l - 1]),
            accumulate
        );

    /// <summary>target += leftᵀ · right over rows: <c>[left width, padded right]</c>.</summary>
    public void AddOuter(T* left, int leftLayer, T* right, int rightLayer, T* target, int count) =>
        arithmetic.Gemm(
            new Matrix<T>(left, count, shape.Width[leftLayer], shape.Padded[leftLayer]).Transposed,
            new(right, count, shape.Padded[rightLayer]),
            new(target, shape.Width[leftLayer], shape.Padded[rightLayer]),
            accumulate: true
        );

    /// <summary>
    /// The reverse of <see cref="Backward"/>: adjoints F_l of the deltas become adjoints of weights, of the output's
    /// deltas (F of the output, added to), and of the pre-activations through φ″. Where the last layer is split it ends below that: F·φ′ of
    /// the layer below stays for <see cref="ReverseLast"/>, and F of the output gets what comes from there.
    /// </summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights that the deltas were computed with.</param>
    /// <param name="adjoint">Is added to.</param>
    /// <param name="f">F_l; the lowest layer that is not zero and all above must be set. Destroyed.</param>
    /// <param name="lowest">Lowest layer whose F is not zero; above H where all are.</param>
    /// <param name="outputF">F of the output's deltas, added to.</param>
    /// <param name="bent">Receives F_l·G_l·φ″ where φ is smooth, for layers from <paramref name="lowest"/> on.</param>
    /// <param name="count">Number of rows.</param>
    public void ReverseBackward(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        T*[] f,
        int lowest,
        T* outputF,
        T*[] bent,
        int count
    )
    {
        var top = shape.SplitsLast ? hidden - 1 : hidden;
        for (var l = lowest; l <= top; l++)
        {
            var width = shape.Padded[l];
            if (shape.IsSmooth)
            {
                Bend(rows, weights, l, f[l], bent[l], count);
            }
            var isBelowSplit = l == top && shape.SplitsLast;
            if (isBelowSplit)
            {
                arithmetic.AddPairDots(f[l], rows.Pulled[l], outputF, count, width);
            }
            MultiplySlope(rows, l, f[l], count);
            if (isBelowSplit)
            {
                return;
            }
            if (l < hidden)
            {
                arithmetic.Gemm(
                    new(f[l], count, shape.Width[l], width),
                    new(weights.Weight[l + 1], shape.Width[l], shape.Padded[l + 1]),
                    new(f[l + 1], count, shape.Padded[l + 1]),
                    accumulate: true
                );
                AddOuter(f[l], l, rows.Delta[l + 1], l + 1, adjoint.Weight[l + 1], count);
            }
            else
            {
                arithmetic.RowDots(f[l], weights.Output, T.One, T.Zero, outputF, count, width, accumulate: true);
                arithmetic.AddRows(rows.OutputDelta, f[l], adjoint.Output, count, width);
            }
        }
    }

    /// <summary>The reverse of <see cref="Forward"/> down to the adjoint of Z_1.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights of the forward pass.</param>
    /// <param name="adjoint">Is added to.</param>
    /// <param name="scores">Adjoint of the scores.</param>
    /// <param name="outputs">
    /// Adjoint of A_l from elsewhere where <paramref name="isSet"/> says so; becomes the adjoint of Z_l.
    /// </param>
    /// <param name="isSet">Which of <paramref name="outputs"/> hold something.</param>
    /// <param name="bent">What comes through φ″, from <paramref name="lowest"/> on; not used for other φ.</param>
    /// <param name="lowest">Lowest layer of <paramref name="bent"/>; above H for none.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="lastIsDone">Whether the last layer's adjoint is complete, that of Z_H, but for <paramref name="bent"/>.</param>
    public void ReverseForward(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        T* scores,
        T*[] outputs,
        bool[] isSet,
        T*[] bent,
        int lowest,
        int count,
        bool lastIsDone = false
    )
    {
        var top = shape.Padded[hidden];
        arithmetic.AddRows(scores, rows.Output[hidden], adjoint.Output, count, top);
        *adjoint.OutputBias += Arithmetic<T>.Sum(scores, count);
        if (!lastIsDone && !isSet[hidden])
        {
            OuterProduct(rows, scores, weights, outputs[hidden], count);
        }
        else if (!lastIsDone)
        {
            arithmetic.Outer(scores, T.One, weights.Output, outputs[hidden], count, top, accumulate: true);
            MultiplySlope(rows, hidden, outputs[hidden], count);
        }
        ReverseHidden(rows, weights, adjoint, outputs, isSet, bent, lowest, hidden, count);
    }

    /// <summary>The part of <see cref="ReverseForward"/> from a layer on down whose adjoint of Z is complete, but for <paramref name="bent"/>.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights of the forward pass.</param>
    /// <param name="adjoint">Is added to.</param>
    /// <param name="outputs">As there.</param>
    /// <param name="isSet">As there.</param>
    /// <param name="bent">As there.</param>
    /// <param name="lowest">As there.</param>
    /// <param name="top">The layer.</param>
    /// <param name="count">Number of rows.</param>
    public void ReverseHidden(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        T*[] outputs,
        bool[] isSet,
        T*[] bent,
        int lowest,
        int top,
        int count
    )
    {
        for (var l = top; l >= 1; l--)
        {
            if (l < top)
            {
                MultiplySlope(rows, l, outputs[l], count);
            }
            if (shape.IsSmooth && l >= lowest)
            {
                arithmetic.AddScaled(T.One, bent[l], outputs[l], count * shape.Padded[l]);
            }
            if (l > 1)
            {
                AddOuter(rows.Output[l - 1], l - 1, outputs[l], l, adjoint.Weight[l], count);
                arithmetic.AddRows(null, outputs[l], adjoint.Bias[l], count, shape.Padded[l]);
                Pull(outputs[l], weights, l, outputs[l - 1], count, isSet[l - 1]);
            }
        }
    }

    // bent = F·G·φ″, where the G of the last hidden layer is the output's delta times its weight.
    private void Bend(NetworkRows<T> rows, NetworkWeights<T> weights, int l, T* f, T* bent, int count)
    {
        var width = shape.Padded[l];
        if (l == hidden)
        {
            arithmetic.OuterProduct(rows.OutputDelta, weights.Output, rows.Curvature[l], bent, count, width);
        }
        else
        {
            Arithmetic<T>.Copy(rows.Pulled[l], bent, (long)count * width);
            arithmetic.Multiply(rows.Curvature[l], bent, count * width);
        }
        arithmetic.Multiply(f, bent, count * width);
    }
}
