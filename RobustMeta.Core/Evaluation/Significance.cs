using MathNet.Numerics.Distributions;
using RobustMeta.Runtime;

namespace RobustMeta.Evaluation;

/// <summary>Confidence intervals and paired tests.</summary>
public static class Significance
{
    private const int Resamples = 10_000;

    /// <summary>Mean with its Student t interval, n − 1 degrees of freedom; a single value has no width to speak of (NaN).</summary>
    /// <param name="values">Independent values: users, or seeds.</param>
    /// <param name="level">Confidence, 0..1.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static Interval StudentInterval(IReadOnlyList<double> values, double level = 0.95)
    {
        var n = RequireValues(values);
        var mean = values.Average();
        if (n == 1)
        {
            return new(mean, double.NaN, double.NaN, 1);
        }
        var half = StudentT.InvCDF(0, 1, n - 1, (1 + level) / 2) * StandardError(values);
        return new(mean, mean - half, mean + half, n);
    }

    /// <summary>Two-sided p-value of a paired t test: are the differences zero on average?</summary>
    /// <param name="differences">One difference per pair, at least two.</param>
    /// <exception cref="ArgumentException">Fewer than two.</exception>
    public static double PairedT(IReadOnlyList<double> differences)
    {
        if (differences.Count < 2)
        {
            throw new ArgumentException("A t test needs at least two differences.", nameof(differences));
        }
        var error = StandardError(differences);
        var mean = differences.Average();
        // Equal differences leave no doubt: nothing happened, or it happened to everyone alike.
        return error == 0
            ? mean == 0
                ? 1
                : 0
            : 2 * StudentT.CDF(0, 1, differences.Count - 1, -Math.Abs(mean / error));
    }

    /// <summary>
    /// Two-sided p-value of the Wilcoxon signed-rank test (normal approximation with tie and continuity correction;
    /// zero differences are dropped).
    /// </summary>
    /// <param name="differences">One difference per pair.</param>
    public static double Wilcoxon(IReadOnlyList<double> differences)
    {
        var sorted = differences.Where(d => d != 0).OrderBy(Math.Abs).ToArray();
        double n = sorted.Length;
        if (n == 0)
        {
            return 1;
        }
        double positive = 0;
        double ties = 0;
        for (var start = 0; start < sorted.Length; )
        {
            var end = start;
            while (end < sorted.Length && Math.Abs(sorted[end]) == Math.Abs(sorted[start]))
            {
                end++;
            }
            double size = end - start;
            var rank = (start + 1 + end) / 2.0;
            positive += rank * sorted[start..end].Count(d => d > 0);
            ties += size * size * size - size;
            start = end;
        }
        var variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
        var distance = Math.Max(0, Math.Abs(positive - n * (n + 1) / 4) - 0.5);
        return Math.Min(1, 2 * Normal.CDF(0, 1, -distance / Math.Sqrt(variance)));
    }

    /// <summary>Mean of paired differences with its percentile bootstrap interval over the pairs.</summary>
    /// <param name="differences">One difference per user.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="level">Confidence, 0..1.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static Interval Bootstrap(IReadOnlyList<double> differences, long seed, double level = 0.95)
    {
        var n = RequireValues(differences);
        var values = differences.ToArray();
        var random = Seeds.Generator(seed, "bootstrap");
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (var i = 0; i < n; i++)
            {
                sum += values[random.Next(n)];
            }
            means[r] = sum / n;
        }
        Array.Sort(means);
        var tail = (int)((1 - level) / 2 * Resamples);
        return new(values.Average(), means[tail], means[Resamples - 1 - tail], n);
    }

    /// <summary>Holm's correction (Scandinavian J. Statistics 1979): adjusted p-values, in the given order.</summary>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        var order = Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]).ToArray();
        var adjusted = new double[pValues.Count];
        double highest = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * pValues[order[rank]]));
            adjusted[order[rank]] = highest;
        }
        return adjusted;
    }

    private static int RequireValues(IReadOnlyList<double> values) =>
        values.Count > 0 ? values.Count : throw new ArgumentException("There are no values.", nameof(values));

    private static double StandardError(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Count - 1) / values.Count);
    }
}
