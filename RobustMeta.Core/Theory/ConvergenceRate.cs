namespace RobustMeta.Theory;

/// <summary>How fast a scheme becomes stationary.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Points">
/// Stationarity after each number of iterations: root mean square over the iterates and over problems, which is what the
/// theorems bound.
/// </param>
public sealed record ConvergenceRate(MinimaxScheme Scheme, IReadOnlyList<(int Iterations, double Stationarity)> Points)
{
    // Iterates whose stationarity stands for those around them.
    private const int Samples = 40;

    /// <summary>Exponent fitted to all points.</summary>
    public double Exponent => PowerLaw.Exponent(Points.Select(point => ((double)point.Iterations, point.Stationarity)));

    /// <summary>Exponent between the last two points, where steps chosen for T matter least.</summary>
    public double LastExponent =>
        PowerLaw.Exponent(Points.TakeLast(2).Select(point => ((double)point.Iterations, point.Stationarity)));

    /// <summary>Rates of all schemes.</summary>
    /// <param name="problems">Users of each problem.</param>
    /// <param name="iterations">Numbers of iterations, at least two different ones, growing.</param>
    public static IReadOnlyList<ConvergenceRate> Measure(
        IReadOnlyList<IReadOnlyList<PlaneUser>> problems,
        IReadOnlyList<int> iterations
    )
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(iterations);
        return
        [
            .. MinimaxScheme.All.Select(scheme => new ConvergenceRate(
                scheme,
                [.. iterations.Select(count => (count, Stationarity(scheme, problems, count)))]
            )),
        ];
    }

    private static double Stationarity(
        MinimaxScheme scheme,
        IReadOnlyList<IReadOnlyList<PlaneUser>> problems,
        int iterations
    )
    {
        var times = Times(iterations);
        return Math.Sqrt(problems.Average(MeanSquare));

        double MeanSquare(IReadOnlyList<PlaneUser> users)
        {
            var points = scheme.Run(users, iterations);
            return times.Sum(time => time.Count * Math.Pow(scheme.Stationarity(users, points[time.At]), 2))
                / times.Sum(time => time.Count);
        }
    }

    // Times that stand for all iterations, each with the number it stands for: dense at the start, where most happens.
    private static List<(int At, double Count)> Times(int iterations)
    {
        var times = Enumerable
            .Range(0, Samples + 1)
            .Select(k => (int)Math.Pow(iterations + 1, (double)k / Samples) - 1)
            .Distinct()
            .Where(t => t < iterations)
            .Append(iterations)
            .ToList();
        return [.. times.Zip(times.Skip(1), (from, to) => (from, (double)(to - from)))];
    }
}
