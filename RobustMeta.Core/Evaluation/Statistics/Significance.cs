using MathNet.Numerics.Distributions;
using RobustMeta.Runtime;

namespace RobustMeta.Evaluation;

/// <summary>
/// Confidence intervals, paired tests and corrections for many tests. NaN and infinite values are refused
/// (<see cref="StatisticsInputException"/>); all tests are two-sided.
/// </summary>
public static class Significance
{
    private const int Resamples = 10_000;
    private const int LargestEnumeration = 16;

    /// <summary>Mean with its Student t interval, n − 1 degrees of freedom; a single value has no interval (NaN).</summary>
    /// <param name="values">Independent values: users, or seeds.</param>
    /// <param name="level">Confidence, 0..1.</param>
    /// <exception cref="StatisticsInputException">There is no value, or one is not finite; or the level is none.</exception>
    public static Interval StudentInterval(IReadOnlyList<double> values, double level = 0.95)
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        if (!(level > 0 && level < 1))
        {
            throw new StatisticsInputException(
                FormattableString.Invariant($"The level is {level}; expected a number between 0 and 1."),
                nameof(level)
            );
        }
        var n = values.Count;
        var mean = values.Average();
        if (n == 1)
        {
            return new(mean, double.NaN, double.NaN, 1);
        }
        var half = StudentT.InvCDF(0, 1, n - 1, (1 + level) / 2) * StandardError(values);
        return new(mean, mean - half, mean + half, n);
    }

    /// <summary>p-value of a paired t test: are the differences zero on average?</summary>
    /// <param name="differences">One difference per pair, at least two.</param>
    /// <exception cref="StatisticsInputException">Fewer than two, or one is not finite.</exception>
    public static double PairedT(IReadOnlyList<double> differences)
    {
        StatisticsInputException.RequireFinite(differences, 2, nameof(differences));
        var error = StandardError(differences);
        var mean = differences.Average();
        // Equal differences leave no doubt: nothing happened, or it happened to everyone alike.
        return error == 0
            ? mean == 0
                ? 1
                : 0
            : 2 * StudentT.CDF(0, 1, differences.Count - 1, -Math.Abs(mean / error));
    }

    /// <summary>p-value of the Wilcoxon signed-rank test, exact for few pairs (see <see cref="SignedRanks.TwoSidedP"/>).</summary>
    /// <param name="differences">One difference per pair.</param>
    /// <exception cref="StatisticsInputException">One is not finite.</exception>
    public static double Wilcoxon(IReadOnlyList<double> differences) => new SignedRanks(differences).TwoSidedP;

    /// <summary>
    /// p-value of the sign-flip permutation test of the mean (Fisher 1935): the fraction of sign assignments whose mean is at
    /// least as far from zero. All 2ⁿ of them for up to 16 pairs; beyond, 10,000 random ones and the one observed.
    /// </summary>
    /// <param name="differences">One difference per pair, at least one.</param>
    /// <param name="seed">Seed of the random assignments.</param>
    /// <exception cref="StatisticsInputException">There is none, or one is not finite.</exception>
    public static double SignFlip(IReadOnlyList<double> differences, long seed = 0)
    {
        StatisticsInputException.RequireFinite(differences, 1, nameof(differences));
        var values = differences.ToArray();
        // Sums that differ by rounding alone are equal.
        var observed = Math.Abs(values.Sum()) - 1e-10 * values.Sum(Math.Abs);
        if (values.Length <= LargestEnumeration)
        {
            var all = 1 << values.Length;
            return (double)Enumerable.Range(0, all).Count(signs => Math.Abs(Flipped(i => (signs >> i) & 1)) >= observed)
                / all;
        }
        var random = Seeds.Generator(seed, "sign flips");
        var extreme = 1;
        for (var draw = 0; draw < Resamples; draw++)
        {
            extreme += Math.Abs(Flipped(_ => random.Next(2))) >= observed ? 1 : 0;
        }
        return (double)extreme / (1 + Resamples);

        double Flipped(Func<int, int> sign)
        {
            double sum = 0;
            for (var i = 0; i < values.Length; i++)
            {
                sum += sign(i) == 0 ? values[i] : -values[i];
            }
            return sum;
        }
    }

    /// <summary>Cohen's d for paired differences, d_z: their mean over their standard deviation (n − 1).</summary>
    /// <param name="differences">At least two. Equal ones give 0 or ±∞.</param>
    /// <exception cref="StatisticsInputException">Fewer than two, or one is not finite.</exception>
    public static double CohenDz(IReadOnlyList<double> differences)
    {
        StatisticsInputException.RequireFinite(differences, 2, nameof(differences));
        var mean = differences.Average();
        return mean == 0 ? 0 : mean / (StandardError(differences) * Math.Sqrt(differences.Count));
    }

    /// <summary>
    /// Holm's correction (Scandinavian J. Statistics 1979): adjusted p-values, in the given order. A NaN stands for a test
    /// that was not made: it stays NaN and does not count.
    /// </summary>
    /// <exception cref="StatisticsInputException">A value is neither in 0..1 nor NaN.</exception>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var order = Made(pValues);
        var adjusted = NotMade(pValues.Count);
        double highest = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * pValues[order[rank]]));
            adjusted[order[rank]] = highest;
        }
        return adjusted;
    }

    /// <summary>
    /// Benjamini and Hochberg's correction for the false discovery rate (J. Royal Statistical Society B 1995), in the given
    /// order; NaN as in <see cref="Holm"/>.
    /// </summary>
    /// <exception cref="StatisticsInputException">A value is neither in 0..1 nor NaN.</exception>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var order = Made(pValues);
        var adjusted = NotMade(pValues.Count);
        double lowest = 1;
        for (var rank = order.Length - 1; rank >= 0; rank--)
        {
            lowest = Math.Min(lowest, order.Length * pValues[order[rank]] / (rank + 1));
            adjusted[order[rank]] = lowest;
        }
        return adjusted;
    }

    // Places of the tests that were made, by growing p-value.
    private static int[] Made(IReadOnlyList<double> pValues)
    {
        foreach (var p in pValues)
        {
            if (p is < 0 or > 1)
            {
                throw new StatisticsInputException(
                    FormattableString.Invariant($"{p} is no p-value; expected 0 to 1, or NaN for a test not made."),
                    nameof(pValues)
                );
            }
        }
        return [.. Enumerable.Range(0, pValues.Count).Where(i => !double.IsNaN(pValues[i])).OrderBy(i => pValues[i])];
    }

    private static double[] NotMade(int count) => [.. Enumerable.Repeat(double.NaN, count)];

    private static double StandardError(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Count - 1) / values.Count);
    }
}
