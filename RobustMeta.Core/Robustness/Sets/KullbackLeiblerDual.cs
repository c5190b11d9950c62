using System.Numerics.Tensors;

namespace RobustMeta.Robustness.Sets;

/// <summary>
/// The worst loss over a KL ball by its dual, inf over λ > 0 of λ ρ + λ log mean exp(L/λ) (Hu and Hong, 2013). Any λ gives an
/// upper bound of the worst loss, so that an error of λ enters squared, and only upwards.
/// </summary>
internal static class KullbackLeiblerDual
{
    private const int BisectionSteps = 200;
    private const int Terms = 20;

    /// <summary>The dual value of checked losses.</summary>
    /// <param name="losses">Losses.</param>
    /// <param name="radius">ρ, at least 0.</param>
    public static double Value(ReadOnlySpan<double> losses, double radius)
    {
        var n = losses.Length;
        var (lowest, highest) = (TensorPrimitives.Min(losses), TensorPrimitives.Max(losses));
        if (radius >= Math.Log((double)n / losses.Count(highest)))
        {
            // The set reaches the weighting of the largest losses alone, as it does where all are equal.
            return highest;
        }
        // Deviations from the mean in units of the range; the mean relative to the highest loss.
        using var scratch = new Scratch(n);
        var deviations = scratch.Values;
        var range = highest - lowest;
        double mean = 0;
        for (var i = 0; i < n; i++)
        {
            deviations[i] = (losses[i] - highest) / range;
            mean += deviations[i] / n;
        }
        TensorPrimitives.Subtract(deviations, mean, deviations);
        if (radius == 0)
        {
            return highest + range * mean;
        }
        // KL at λ is at most 1/(8λ²) (Hoeffding): from λ = 1/√(8ρ) on the dual rises.
        var (low, high) = (-40.0, Math.Max(-Math.Log(8 * radius) / 2, 0) + 1);
        for (var step = 0; step < BisectionSteps; step++)
        {
            var middle = low + (high - low) / 2;
            (low, high) = At(deviations, -mean, Math.Exp(middle), radius).Slope > 0 ? (low, middle) : (middle, high);
        }
        return highest + range * (mean + At(deviations, -mean, Math.Exp(high), radius).Value);
    }

    // The dual function of deviations from the mean, and its slope.
    private static (double Value, double Slope) At(
        ReadOnlySpan<double> deviations,
        double highest,
        double temperature,
        double radius
    ) => temperature >= 1 ? AtHigh(deviations, temperature, radius) : AtLow(deviations, highest, temperature, radius);

    private static (double Value, double Slope) AtLow(
        ReadOnlySpan<double> deviations,
        double highest,
        double temperature,
        double radius
    )
    {
        double sum = 0;
        double weighted = 0;
        foreach (var deviation in deviations)
        {
            var power = Math.Exp((deviation - highest) / temperature);
            sum += power;
            weighted += power * (deviation - highest);
        }
        var log = Math.Log(sum / deviations.Length);
        return (highest + temperature * (radius + log), radius + log - weighted / sum / temperature);
    }

    // In small balls λ is large and exp(L/λ) nearly one: with y = deviation/λ, of mean zero, mean(e^y) is 1 + mean(φ),
    // φ = e^y − 1 − y, and mean(y e^y) is mean(y² + y φ), without differences of nearly equal numbers.
    private static (double Value, double Slope) AtHigh(
        ReadOnlySpan<double> deviations,
        double temperature,
        double radius
    )
    {
        double excess = 0;
        double weighted = 0;
        foreach (var deviation in deviations)
        {
            var y = deviation / temperature;
            var phi = Phi(y);
            excess += phi / deviations.Length;
            weighted += y * (y + phi) / deviations.Length;
        }
        var log = LogOnePlus(excess);
        return (temperature * (radius + log), radius + log - weighted / (1 + excess));
    }

    // e^y − 1 − y for |y| ≤ 1, by its series.
    private static double Phi(double y)
    {
        double sum = 1;
        for (var k = Terms; k > 2; k--)
        {
            sum = 1 + y / k * sum;
        }
        return y * y / 2 * sum;
    }

    // log(1 + x) for small x: the rounding error of 1 + x cancels in the quotient (Kahan).
    private static double LogOnePlus(double x)
    {
        var one = 1 + x;
        return one == 1 ? x : Math.Log(one) * x / (one - 1);
    }
}
