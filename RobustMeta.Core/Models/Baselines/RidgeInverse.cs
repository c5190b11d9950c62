using System.Diagnostics;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using static TorchSharp.torch;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// The inverse of a symmetric positive semidefinite matrix plus λI, by Cholesky's method in double precision: n³ operations, half of
/// those of a general inverse. By libtorch, since the managed solver of MathNet.Numerics takes ten times as long.
/// </summary>
internal static class RidgeInverse
{
    private const double UsualRate = 1e10;
    private const int OrderOfTrial = 512;

    // Below this order a fit takes a second or two anywhere.
    private const int LeastTried = 3000;

    /// <summary><c>(A + λI)⁻¹</c>.</summary>
    /// <param name="values">A, <c>[n, n]</c>.</param>
    /// <param name="order">n.</param>
    /// <param name="ridge">λ, above 0.</param>
    public static Tensor Of(double[] values, int order, double ridge)
    {
        NativeLibraries.EnsureLoaded();
        using var system = tensor(values, [order, order]);
        system.diagonal().add_(tensor(Enumerable.Repeat(ridge, order).ToArray()), HeldNumbers.One);
        return Of(system);
    }

    /// <summary>Time of an inverse, measured on a small matrix where the number matters: processors differ by a factor of ten.</summary>
    /// <param name="order">n.</param>
    public static double Seconds(int order) =>
        (double)order * order * order / (order < LeastTried ? UsualRate : MeasuredRate());

    private static Tensor Of(Tensor system)
    {
        using var factor = linalg.cholesky(system);
        return cholesky_inverse(factor);
    }

    // Operations a second.
    private static double MeasuredRate()
    {
        NativeLibraries.EnsureLoaded();
        using var scope = NewDisposeScope();
        var matrix = eye(OrderOfTrial, dtype: float64);
        Of(matrix);
        var clock = Stopwatch.StartNew();
        Of(matrix);
        return (double)OrderOfTrial * OrderOfTrial * OrderOfTrial / Math.Max(clock.Elapsed.TotalSeconds, 1e-6);
    }
}
