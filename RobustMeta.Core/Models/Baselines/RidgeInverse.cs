using System.Diagnostics;
using RobustMeta.Settings;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// The inverse of a symmetric positive semidefinite matrix plus λI in double precision: n³ operations, half of those of a general
/// inverse, over all cores.
/// </summary>
internal static class RidgeInverse
{
    private const double UsualRate = 2e10;
    private const int OrderOfTrial = 8 * TileKernels.Size;

    // Below this order a fit takes a second or two anywhere.
    private const int LeastTried = 3000;

    /// <summary>A becomes <c>(A + λI)⁻¹</c>.</summary>
    /// <param name="matrix">A.</param>
    /// <param name="ridge">λ, above 0.</param>
    /// <exception cref="ArithmeticException">A + λI is not positive definite in double precision.</exception>
    public static void Invert(SymmetricTiles matrix, double ridge) =>
        matrix.Invert(ridge, TileKernels.Best, ThreadLimit.Parallel());

    /// <summary>Time of an inverse, measured on a small matrix where the number matters: processors differ by a factor of ten.</summary>
    /// <param name="order">n.</param>
    public static double Seconds(int order) =>
        (double)order * order * order / (order < LeastTried ? UsualRate : MeasuredRate());

    // Operations a second.
    private static double MeasuredRate()
    {
        // The first is compiled.
        Invert(new(TileKernels.Size), 1);
        var matrix = new SymmetricTiles(OrderOfTrial);
        var clock = Stopwatch.StartNew();
        Invert(matrix, 1);
        return (double)OrderOfTrial * OrderOfTrial * OrderOfTrial / Math.Max(clock.Elapsed.TotalSeconds, 1e-6);
    }
}
