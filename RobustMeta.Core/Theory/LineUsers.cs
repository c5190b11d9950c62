using System.Collections.Immutable;
using RobustMeta.Runtime;

namespace RobustMeta.Theory;

/// <summary>
/// Users of ten kinds on a line, whose supports and queries are drawn anew each time: the losses that training on some draws
/// sees, and the expected ones. The parameter is a point of a grid.
/// </summary>
internal static class LineUsers
{
    private const int Queries = 5;
    private const double Noise = 0.5;
    private const double InnerRate = 0.3;

    // Two of ten kinds are far from the others.
    private static readonly ImmutableArray<double> Tastes =
    [
        .. Enumerable.Range(0, 10).Select(k => k < 8 ? -0.3 + 0.1 * k : 2 + 0.2 * (k - 8)),
    ];

    private static readonly ImmutableArray<double> Grid = [.. Enumerable.Range(0, 33).Select(i => -0.8 + 0.1 * i)];

    /// <summary>Number of points of the grid.</summary>
    public static int Points => Grid.Length;

    /// <summary>Kind of the user of a number.</summary>
    public static int KindOf(int user) => user % Tastes.Length;

    /// <summary>Mean query loss of a user of a kind at every point of the grid, from one draw of support and query.</summary>
    public static double[] Draw(Random random, int kind)
    {
        var taste = Tastes[kind];
        var support = taste + Noise * Gaussian(random);
        var query = new double[Queries];
        for (var q = 0; q < Queries; q++)
        {
            query[q] = taste + Noise * Gaussian(random);
        }
        var losses = new double[Grid.Length];
        for (var i = 0; i < losses.Length; i++)
        {
            var adapted = Grid[i] - InnerRate * BoundedLoss.Slope(Grid[i] - support);
            losses[i] = query.Average(target => BoundedLoss.Of(adapted - target));
        }
        return losses;
    }

    /// <summary>Expected losses of each kind, <c>[kinds][points]</c>: a mean over many draws.</summary>
    public static double[][] Expected(int draws)
    {
        var random = Seeds.Generator(0, "theory expectation");
        return [.. Enumerable.Range(0, Tastes.Length).Select(Mean)];

        double[] Mean(int kind)
        {
            var mean = new double[Grid.Length];
            for (var draw = 0; draw < draws; draw++)
            {
                var losses = Draw(random, kind);
                for (var i = 0; i < mean.Length; i++)
                {
                    mean[i] += losses[i] / draws;
                }
            }
            return mean;
        }
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
