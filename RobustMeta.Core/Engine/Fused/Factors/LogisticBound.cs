using System.Numerics;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// Curvature of the quadratic bound of the logistic loss (Jaakkola and Jordan 2000) that touches it at a score z, and how it changes
/// with z: κ = tanh(s/2) / 2s at s = √(z² + <see cref="FactorForm.Least"/>).
/// </summary>
internal static class LogisticBound<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Two = T.One + T.One;
    private static readonly T Quarter = T.One / (Two + Two);
    private static readonly T Least = T.CreateChecked(FactorForm.Least);

    // Below this size two nearly equal numbers would be subtracted; the series is exact to 4e-12 there.
    private static readonly T Small = T.CreateChecked(1.0 / 32);

    private static readonly T[] Series =
    [
        T.CreateChecked(-1.0 / 24),
        T.CreateChecked(1.0 / 120),
        T.CreateChecked(-17.0 / 13440),
        T.CreateChecked(31.0 / 181440),
    ];

    /// <summary>Curvature κ, at most a quarter, and dκ/dz.</summary>
    public static (T Curvature, T Bend) At(T score)
    {
        var square = score * score + Least;
        var size = T.Sqrt(square);
        var tanh = T.Tanh(size / Two);
        var curvature = tanh / (Two * size);
        var bend =
            size < Small
                ? Series[0] + square * (Series[1] + square * (Series[2] + square * Series[3]))
                : (Quarter * (T.One - tanh * tanh) - curvature) / square;
        return (curvature, score * bend);
    }
}
