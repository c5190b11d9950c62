using MathNet.Numerics.Distributions;

namespace RobustMeta.Evaluation;

/// <summary>
/// Signed ranks of paired differences (Wilcoxon, Biometrics Bulletin 1945). Zero differences are left out; magnitudes that
/// differ by rounding alone (1e-10 of the largest) are ties and share their mean rank.
/// </summary>
public sealed class SignedRanks
{
    /// <summary>Largest number of differences with an exact distribution.</summary>
    public const int LargestExact = 50;

    private const double Tolerance = 1e-10;
    private readonly int[] doubled;
    private readonly double ties;

    /// <summary>Ranks differences.</summary>
    /// <param name="differences">One per pair.</param>
    /// <exception cref="StatisticsInputException">One is NaN or infinite.</exception>
    public SignedRanks(IReadOnlyList<double> differences)
    {
        StatisticsInputException.RequireFinite(differences, 0, nameof(differences));
        var close = Tolerance * differences.Select(Math.Abs).DefaultIfEmpty().Max();
        var sorted = differences.Where(d => Math.Abs(d) > close).OrderBy(Math.Abs).ToArray();
        doubled = new int[sorted.Length];
        for (var start = 0; start < sorted.Length; )
        {
            var end = start;
            while (end < sorted.Length && Math.Abs(sorted[end]) - Math.Abs(sorted[start]) <= close)
            {
                // Twice the mean of the ranks start + 1 … end is a whole number.
                end++;
            }
            for (var i = start; i < end; i++)
            {
                doubled[i] = start + 1 + end;
                Positive += sorted[i] > 0 ? doubled[i] / 2.0 : 0;
            }
            double size = end - start;
            ties += size * size * size - size;
            start = end;
        }
    }

    /// <summary>Number of differences that are not zero.</summary>
    public int Count => doubled.Length;

    /// <summary>Sum of all ranks, n(n + 1)/2.</summary>
    public double Total => Count * (Count + 1.0) / 2;

    /// <summary>Sum of the ranks of the positive differences (W⁺, called V by R).</summary>
    public double Positive { get; }

    /// <summary>
    /// Two-sided p-value of the hypothesis that differences are symmetric about zero: exact for up to
    /// <see cref="LargestExact"/> differences, ties included (every assignment of signs is as likely), and the normal
    /// approximation with corrections for ties and continuity beyond. 1 without a difference.
    /// </summary>
    public double TwoSidedP =>
        Count == 0 ? 1
        : Count <= LargestExact ? Exact()
        : Approximate();

    /// <summary>Matched-pairs rank-biserial correlation (Kerby 2014): (W⁺ − W⁻)/(W⁺ + W⁻), −1..1; 0 without a difference.</summary>
    public double RankBiserial => Count == 0 ? 0 : 2 * Positive / Total - 1;

    // Probabilities of twice the sum of positive ranks, one rank after another.
    private double Exact()
    {
        var probabilities = new double[doubled.Sum() + 1];
        probabilities[0] = 1;
        var reached = 0;
        foreach (var rank in doubled)
        {
            for (var sum = reached; sum >= 0; sum--)
            {
                probabilities[sum] /= 2;
                probabilities[sum + rank] += probabilities[sum];
            }
            reached += rank;
        }
        var own = (int)Math.Round(2 * Positive);
        var below = probabilities.Take(own + 1).Sum();
        var above = probabilities.Skip(own).Sum();
        return Math.Min(1, 2 * Math.Min(below, above));
    }

    private double Approximate()
    {
        double n = Count;
        var variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48;
        var distance = Math.Max(0, Math.Abs(Positive - Total / 2) - 0.5);
        return Math.Min(1, 2 * Normal.CDF(0, 1, -distance / Math.Sqrt(variance)));
    }
}
