using System.Numerics;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Vectors;

/// <summary>The loss of one prediction and its derivatives by the score (see <see cref="Models.Losses"/>).</summary>
internal readonly struct LossKernel<T>(LabelKind label)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Two = T.One + T.One;

    /// <summary>Squared error, or log(1 + e^s) − y·s without overflow.</summary>
    public T Loss(T score, T y)
    {
        if (label == LabelKind.Rating)
        {
            return (score - y) * (score - y);
        }
        var tail = T.Exp(-T.Abs(score));
        // log(1 + x) loses x below the rounding of 1; two terms of the series are exact there.
        var log = tail < T.CreateChecked(1e-5) ? tail - tail * tail / Two : T.Log(T.One + tail);
        return T.Max(score, T.Zero) + log - y * score;
    }

    /// <summary>First derivative.</summary>
    public T Slope(T score, T y) => label == LabelKind.Rating ? Two * (score - y) : Sigmoid(score) - y;

    /// <summary>What a score leaves unexplained of a label (see <see cref="Models.Losses.Residual"/>).</summary>
    public T Residual(T score, T y) => y - (label == LabelKind.Rating ? score : Sigmoid(score));

    /// <summary>Second derivative.</summary>
    public T Curvature(T score)
    {
        if (label == LabelKind.Rating)
        {
            return Two;
        }
        var sigma = Sigmoid(score);
        return sigma * (T.One - sigma);
    }

    /// <summary>Third derivative.</summary>
    public T Bend(T score)
    {
        if (label == LabelKind.Rating)
        {
            return T.Zero;
        }
        var sigma = Sigmoid(score);
        return sigma * (T.One - sigma) * (T.One - Two * sigma);
    }

    /// <summary>The logistic function, as <see cref="Logistic.Sigmoid"/> in any precision.</summary>
    internal static T Sigmoid(T x) => T.One / (T.One + T.Exp(-x));
}
