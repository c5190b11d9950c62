using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The worst loss over a χ² ball by its dual, inf over η of η + √(1 + 2ρ) · √mean((L − η)₊²) (Duchi and Namkoong, JMLR
/// 2019). Any η gives an upper bound of the worst loss, so that an error of η enters squared, and only upwards.
/// </summary>
internal static class ChiSquareDual
{
    private const int BisectionSteps = 100;

    /// <summary>The dual value of checked losses.</summary>
    /// <param name="losses">Losses.</param>
    /// <param name="radius">ρ, at least 0.</param>
    public static double Value(ReadOnlySpan<double> losses, double radius)
    {
        var n = losses.Length;
        var (lowest, highest) = (TensorPrimitives.Min(losses), TensorPrimitives.Max(losses));
        if (n <= (1 + 2 * radius) * losses.Count(highest))
        {
            // The set reaches the weighting of the largest losses alone, as it does where all are equal.
            return highest;
        }
        using var scratch = new Scratch(n);
        var range = highest - lowest;
        var (mean, variance) = Standardise(losses, highest, range, scratch.Values);
        // Where η = mean − std/√(2ρ) is below all losses it is the minimum: mean + √(2ρ) std, a variance penalty.
        if (2 * radius * (1 + mean) * (1 + mean) <= variance)
        {
            return highest + range * (mean + Math.Sqrt(2 * radius) * Math.Sqrt(variance));
        }
        var (low, high) = (-Math.Sqrt(variance / (2 * radius)), -mean);
        for (var step = 0; step < BisectionSteps; step++)
        {
            var middle = low + (high - low) / 2;
            (low, high) = At(scratch.Values, variance, middle, radius).Slope > 0 ? (low, middle) : (middle, high);
        }
        return highest + range * (mean + At(scratch.Values, variance, low, radius).Value);
    }

    // Writes the deviations from the mean in units of the range; mean relative to the highest loss.
    private static (double Mean, double Variance) Standardise(
        ReadOnlySpan<double> losses,
        double highest,
        double range,
        Span<double> deviations
    )
    {
        double mean = 0;
        for (var i = 0; i < losses.Length; i++)
        {
            deviations[i] = (losses[i] - highest) / range;
            mean += deviations[i] / losses.Length;
        }
        double variance = 0;
        foreach (ref var deviation in deviations)
        {
            deviation -= mean;
            variance += deviation * deviation / losses.Length;
        }
        return (mean, variance);
    }

    // The dual function of deviations from the mean, relative to the mean, and a number with the sign of its slope.
    private static (double Value, double Slope) At(
        ReadOnlySpan<double> deviations,
        double variance,
        double threshold,
        double radius
    )
    {
        double below = 0;
        double belowSquares = 0;
        double above = 0;
        double aboveSquares = 0;
        foreach (var deviation in deviations)
        {
            var distance = deviation - threshold;
            below -= Math.Min(distance, 0) / deviations.Length;
            belowSquares += Math.Min(distance, 0) * Math.Min(distance, 0) / deviations.Length;
            above += Math.Max(distance, 0) / deviations.Length;
            aboveSquares += Math.Max(distance, 0) * Math.Max(distance, 0) / deviations.Length;
        }
        var root = Math.Sqrt((1 + 2 * radius) * aboveSquares);
        if (threshold > 0)
        {
            return (threshold + root, aboveSquares - (1 + 2 * radius) * above * above);
        }
        // Far below the mean, in small balls, threshold and root cancel: their difference is (root² − threshold²) over
        // their sum, and mean((x − η)²) = variance + η².
        var free = variance - belowSquares;
        var squares = free + threshold * threshold;
        return (
            (free + 2 * radius * squares) / (Math.Sqrt((1 + 2 * radius) * squares) - threshold),
            free + 2 * threshold * below - below * below - 2 * radius * above * above
        );
    }
}
