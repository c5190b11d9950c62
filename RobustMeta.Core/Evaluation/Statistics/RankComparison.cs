using System.Collections.Immutable;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace RobustMeta.Evaluation;

/// <summary>
/// Several methods compared over several blocks (data sets, seeds, test sets) by their average ranks: the Friedman test
/// (1937), its F form (Iman and Davenport 1980) and Nemenyi's critical difference, as in Demšar (JMLR 2006).
/// </summary>
/// <param name="AverageRanks">Average rank of each method, 1 the best.</param>
/// <param name="Blocks">Number of blocks N.</param>
/// <param name="ChiSquare">Friedman's statistic, corrected for ties; χ² with k − 1 degrees of freedom.</param>
/// <param name="ChiSquareP">Its p-value, never below (k!)^(1 − N).</param>
/// <param name="F">Iman and Davenport's statistic, F with k − 1 and (k − 1)(N − 1) degrees of freedom; NaN for one block.</param>
/// <param name="FP">Its p-value, never below (k!)^(1 − N).</param>
/// <param name="CriticalDifference">Methods whose average ranks differ by less are not told apart at the level.</param>
public sealed record RankComparison(
    ImmutableArray<double> AverageRanks,
    int Blocks,
    double ChiSquare,
    double ChiSquareP,
    double F,
    double FP,
    double CriticalDifference
)
{
    // Values that differ by rounding alone are ties.
    private const double Tolerance = 1e-10;

    /// <summary>Compares methods by their values.</summary>
    /// <param name="values">A row per block, a value per method; every row as long as the first.</param>
    /// <param name="higherIsBetter">Direction of the values.</param>
    /// <param name="alpha">Level of the critical difference, 0..1.</param>
    /// <exception cref="StatisticsInputException">Fewer than two methods, rows of other lengths, or a value that is not finite.</exception>
    public static RankComparison Of(
        IReadOnlyList<IReadOnlyList<double>> values,
        bool higherIsBetter,
        double alpha = 0.05
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!(alpha > 0 && alpha < 1))
        {
            throw new StatisticsInputException(
                FormattableString.Invariant($"The level is {alpha}; expected a number between 0 and 1."),
                nameof(alpha)
            );
        }
        var methods = values.Count == 0 ? 0 : values[0]?.Count ?? 0;
        if (methods < 2 || values.Any(row => row?.Count != methods))
        {
            throw new StatisticsInputException(
                "Ranks are compared over at least one block, with the same two or more methods in each.",
                nameof(values)
            );
        }
        var sums = new double[methods];
        double ties = 0;
        foreach (var row in values)
        {
            var (ranks, tied) = Ranks(row, higherIsBetter);
            ties += tied;
            for (var m = 0; m < methods; m++)
            {
                sums[m] += ranks[m];
            }
        }
        return FromAverageRanks([.. sums.Select(sum => sum / values.Count)], values.Count, ties, alpha);
    }

    /// <summary>The comparison of published average ranks.</summary>
    /// <param name="averageRanks">Average rank of each method.</param>
    /// <param name="blocks">Number of blocks N.</param>
    /// <param name="ties">Σ (t³ − t) over all groups of t tied values in a block.</param>
    /// <param name="alpha">Level of the critical difference.</param>
    public static RankComparison FromAverageRanks(
        ImmutableArray<double> averageRanks,
        int blocks,
        double ties = 0,
        double alpha = 0.05
    )
    {
        double k = averageRanks.Length;
        double n = blocks;
        var spread = averageRanks.Sum(rank => (rank - (k + 1) / 2) * (rank - (k + 1) / 2));
        var scale = k * (k + 1) - ties / (n * (k - 1));
        // Where all values are tied in every block there is nothing to rank.
        var chi = scale > 0 ? 12 * n * spread / scale : 0;
        var rest = n * (k - 1) - chi;
        var f =
            n < 2 ? double.NaN
            : rest <= 0 ? double.PositiveInfinity
            : (n - 1) * chi / rest;
        var least = LeastP(averageRanks.Length, blocks);
        return new(
            averageRanks,
            blocks,
            chi,
            Math.Max(least, 1 - ChiSquared.CDF(k - 1, chi)),
            f,
            double.IsNaN(f) ? double.NaN
                : double.IsInfinity(f) ? least
                : Math.Max(least, 1 - FisherSnedecor.CDF(k - 1, (k - 1) * (n - 1), f)),
            StudentisedRange.Quantile(1 - alpha, averageRanks.Length) / Math.Sqrt(2) * Math.Sqrt(k * (k + 1) / (6 * n))
        );
    }

    // With equal methods all k! orders of a block are as likely: by chance, N blocks all have the order of the first with the
    // probability (k!)^(1 − N). No test of ranks can say less; both distributions, which hold for many blocks, do for few.
    private static double LeastP(int methods, int blocks) =>
        Math.Exp((1 - blocks) * SpecialFunctions.FactorialLn(methods));

    /// <summary>Ranks of values, 1 the best; ties share their mean rank.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="higherIsBetter">Direction.</param>
    /// <returns>Rank of each value, and Σ (t³ − t) over the groups of t tied values.</returns>
    /// <exception cref="StatisticsInputException">A value is not finite.</exception>
    public static (double[] Ranks, double Ties) Ranks(IReadOnlyList<double> values, bool higherIsBetter)
    {
        StatisticsInputException.RequireFinite(values, 1, nameof(values));
        var sign = higherIsBetter ? -1 : 1;
        var order = Enumerable.Range(0, values.Count).OrderBy(i => sign * values[i]).ToArray();
        var close = Tolerance * values.Max(Math.Abs);
        var ranks = new double[values.Count];
        double ties = 0;
        for (var start = 0; start < order.Length; )
        {
            var end = start;
            while (end < order.Length && Math.Abs(values[order[end]] - values[order[start]]) <= close)
            {
                end++;
            }
            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }
            double size = end - start;
            ties += size * size * size - size;
            start = end;
        }
        return (ranks, ties);
    }
}
