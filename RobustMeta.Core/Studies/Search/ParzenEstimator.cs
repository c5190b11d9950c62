using MathNet.Numerics.Distributions;

namespace RobustMeta.Studies.Search;

/// <summary>
/// A density from points: a mixture of one kernel a point and one for the prior, all of equal weight as long as there are few
/// points; older ones beyond <see cref="Recent"/> weigh less and less.
/// </summary>
public sealed class ParzenEstimator
{
    /// <summary>The last points, which all have the full weight.</summary>
    public const int Recent = 25;
    private readonly Func<Random, int, double> draw;
    private readonly Func<double, int, double> density;
    private readonly Func<int, double> unit;

    private ParzenEstimator(
        double[] weights,
        Func<Random, int, double> draw,
        Func<double, int, double> density,
        Func<int, double>? unit = null
    )
    {
        var sum = weights.Sum();
        Weights = [.. weights.Select(weight => weight / sum)];
        this.draw = draw;
        this.density = density;
        this.unit = unit ?? (_ => 1);
    }

    /// <summary>Weights of the kernels, the prior's last; their sum is 1.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>
    /// Normal kernels, truncated to an interval. The width of a kernel is the larger distance to its neighbours, at the edges to the only one,
    /// and not below the interval divided by 1 + number of kernels (at most 100): the magic clip. The prior's is in the middle and as wide as the interval.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="low">Begin of the interval.</param>
    /// <param name="high">Its end, above the begin.</param>
    /// <param name="isInteger">Whether values are whole numbers: the density is then that of the unit around them.</param>
    public static ParzenEstimator OfNumbers(
        IReadOnlyList<double> points,
        double low,
        double high,
        bool isInteger = false
    )
    {
        ArgumentNullException.ThrowIfNull(points);
        double[] means = [.. points, (low + high) / 2];
        var widths = Widths(means, low, high);
        return new(
            WeightsOf(points.Count),
            (random, kernel) =>
            {
                var (from, to) = (Below(low, kernel), Below(high, kernel));
                var at = Normal.InvCDF(means[kernel], widths[kernel], from + (random.NextDouble() * (to - from)));
                var inside = Math.Clamp(at, low, high);
                return isInteger ? Math.Clamp(Math.Round(inside), low + 0.5, high - 0.5) : inside;
            },
            (at, kernel) =>
                (
                    isInteger
                        ? Below(at + 0.5, kernel) - Below(at - 0.5, kernel)
                        : Normal.PDF(means[kernel], widths[kernel], at)
                ) / (Below(high, kernel) - Below(low, kernel)),
            isInteger ? null : kernel => widths[kernel]
        );

        double Below(double at, int kernel) => Normal.CDF(means[kernel], widths[kernel], at);
    }

    /// <summary>Kernels over a number of choices: the point's own has 1 more than the prior's equal parts.</summary>
    /// <param name="points">Positions of choices.</param>
    /// <param name="choices">Number of choices.</param>
    public static ParzenEstimator OfChoices(IReadOnlyList<double> points, int choices)
    {
        ArgumentNullException.ThrowIfNull(points);
        var kernels = points.Count + 1;
        var part = 1.0 / kernels;
        return new(
            WeightsOf(points.Count),
            (random, kernel) =>
            {
                var at = random.NextDouble();
                var choice = 0;
                for (var sum = Density(0, kernel); choice < choices - 1 && at >= sum; sum += Density(choice, kernel))
                {
                    choice++;
                }
                return choice;
            },
            Density
        );

        double Density(double at, int kernel) =>
            kernel == points.Count ? 1.0 / choices : (part + (points[kernel] == at ? 1 : 0)) / (1 + (part * choices));
    }

    /// <summary>A value drawn from the density.</summary>
    public double Draw(Random random)
    {
        var at = random.NextDouble();
        var kernel = 0;
        for (var sum = Weights[0]; kernel < Weights.Count - 1 && at >= sum; sum += Weights[kernel])
        {
            kernel++;
        }
        return draw(random, kernel);
    }

    /// <summary>Natural logarithm of the density at a value.</summary>
    public double LogDensity(double at) =>
        Math.Log(Weights.Select((weight, kernel) => weight * density(at, kernel)).Sum());

    /// <summary>
    /// What candidates are compared by: as <see cref="LogDensity"/>, with the density of each normal kernel in units of its own width. Wide
    /// kernels then count for more: a place between the points is given up less soon. Optuna 3.1 compares so; with densities of mass
    /// one its searches and ours end with larger regrets.
    /// </summary>
    public double LogScore(double at) =>
        Math.Log(Weights.Select((weight, kernel) => weight * unit(kernel) * density(at, kernel)).Sum());

    // The larger distance to a neighbour, clipped; the prior, which is the last mean, is as wide as the interval.
    internal static double[] Widths(double[] means, double low, double high)
    {
        var order = Enumerable.Range(0, means.Length).OrderBy(i => means[i]).ToArray();
        double[] sorted = [low, .. order.Select(i => means[i]), high];
        var widths = new double[means.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var (left, right) = (sorted[i + 1] - sorted[i], sorted[i + 2] - sorted[i + 1]);
            // The ends of the interval are no neighbours.
            var width =
                order.Length > 1 && i == 0 ? right
                : order.Length > 1 && i == order.Length - 1 ? left
                : Math.Max(left, right);
            var least = (high - low) / Math.Min(100, 1 + means.Length);
            widths[order[i]] = Math.Clamp(width, least, high - low);
        }
        widths[^1] = high - low;
        return widths;
    }

    private static double[] WeightsOf(int points) =>
        [
            .. Enumerable
                .Range(0, points)
                .Select(i =>
                    i >= points - Recent ? 1
                    : points - Recent == 1 ? 1.0 / points
                    : (1.0 / points) + ((1 - (1.0 / points)) * i / (points - Recent - 1))
                ),
            1,
        ];
}
