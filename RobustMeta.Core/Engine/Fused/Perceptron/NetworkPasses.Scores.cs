using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// How scores depend on the pre-activations, J_l = ∂z/∂Z_l, and the reverse of that: for one step in dual form, where D_l = r J_l.
/// J_H is the slope times the output's weights w and is never formed.
/// </content>
internal sealed unsafe partial class NetworkPasses<T>
{
    /// <summary>J_l of all layers below the last.</summary>
    /// <param name="rows">Rows after <see cref="Forward"/>.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="count">Number of rows.</param>
    public void ScoreGradients(NetworkRows<T> rows, NetworkWeights<T> weights, int count)
    {
        for (var l = hidden - 1; l >= 1; l--)
        {
            if (l + 1 == hidden)
            {
                LastScores(rows, weights, rows.Delta[l], count);
            }
            else
            {
                Pull(rows.Delta[l + 1], weights, l + 1, rows.Delta[l], count, accumulate: false);
            }
            if (shape.IsSmooth)
            {
                Arithmetic<T>.Copy(rows.Delta[l], rows.Pulled[l], (long)count * shape.Padded[l]);
            }
            MultiplySlope(rows, l, rows.Delta[l], count);
        }
    }

    /// <summary>
    /// The reverse of <see cref="ScoreGradients"/>: adjoints F_l of J_l become adjoints of weights and, through φ″, of the
    /// pre-activations. Of the last layer F_H is formed for smooth φ alone: W_H and w get theirs from O = (F_{H−1} ∘ φ′)ᵀ φ′(Z_H).
    /// </summary>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights that the J were computed with.</param>
    /// <param name="adjoint">Is added to.</param>
    /// <param name="f">F_l, from <paramref name="lowest"/> on, without the last one where φ is not smooth. Destroyed.</param>
    /// <param name="lowest">Lowest layer whose F is not zero; above H where all are.</param>
    /// <param name="bent">Receives what comes through φ″ where φ is smooth, for layers from <paramref name="lowest"/> on.</param>
    /// <param name="outer">Memory for O, as large as W_H.</param>
    /// <param name="count">Number of rows.</param>
    public void ReverseScoreGradients(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        T*[] f,
        int lowest,
        T*[] bent,
        T* outer,
        int count
    )
    {
        for (var l = lowest; l <= hidden; l++)
        {
            if (shape.IsSmooth)
            {
                BendScores(rows, weights, l, f[l], bent[l], count);
            }
            if (l == hidden)
            {
                return;
            }
            MultiplySlope(rows, l, f[l], count);
            if (l + 1 < hidden)
            {
                AddOuter(f[l], l, rows.Delta[l + 1], l + 1, adjoint.Weight[l + 1], count);
            }
            else
            {
                ReverseLastScores(rows, weights, adjoint, f[l], outer, count);
            }
            if (f[l + 1] is not null)
            {
                arithmetic.Gemm(
                    new(f[l], count, shape.Width[l], shape.Padded[l]),
                    new(weights.Weight[l + 1], shape.Width[l], shape.Padded[l + 1]),
                    new(f[l + 1], count, shape.Padded[l + 1]),
                    accumulate: true
                );
            }
        }
    }

    // J_{H−1} hangs on W_H diag(w), which gets O: W_H gets O diag(w), and w the columns' sums of O ∘ W_H.
    private void ReverseLastScores(
        NetworkRows<T> rows,
        NetworkWeights<T> weights,
        NetworkAdjoint<T> adjoint,
        T* f,
        T* outer,
        int count
    )
    {
        var (below, width, padded) = (shape.Width[hidden - 1], shape.Padded[hidden], shape.Padded[hidden - 1]);
        arithmetic.Gemm(
            new Matrix<T>(f, count, below, padded).Transposed,
            new(rows.Slope[hidden], count, width),
            new(outer, below, width),
            accumulate: false
        );
        arithmetic.ColumnProducts(
            outer,
            weights.Output,
            null,
            null,
            adjoint.Weight[hidden],
            below,
            width,
            accumulate: true
        );
        arithmetic.AddColumnDots(outer, weights.Weight[hidden], adjoint.Output, below, width);
    }

    // bent = F·G·φ″, where J = G·φ′: G is what came down, for the last hidden layer the output's weights.
    private void BendScores(NetworkRows<T> rows, NetworkWeights<T> weights, int l, T* f, T* bent, int count)
    {
        var width = shape.Padded[l];
        Arithmetic<T>.Copy(rows.Curvature[l], bent, (long)count * width);
        if (l < hidden)
        {
            arithmetic.Multiply(rows.Pulled[l], bent, count * width);
        }
        for (var i = 0; i < count && l == hidden; i++)
        {
            arithmetic.Multiply(weights.Output, bent + (long)i * width, width);
        }
        arithmetic.Multiply(f, bent, count * width);
    }
}
