using System.Globalization;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>The columns of speed tables.</summary>
internal static class SpeedColumns
{
    /// <summary>Names of the columns.</summary>
    public static IReadOnlyList<string> Header { get; } =
    [
        "cores",
        "users/s",
        "min",
        "max",
        "users/CPU-s",
        "CPU-ms/user",
        "peak MiB",
        "GFLOP/s",
        "% of peak, wall",
        "% of peak, CPU",
    ];

    /// <summary>One contender's cells, medians of its rounds.</summary>
    /// <param name="series">Its rounds.</param>
    /// <param name="flops">Useful operations a user.</param>
    /// <param name="peak">
    /// Peak of one core in GFLOP/s. Wall time is compared with the peak of all cores that the contender may use, CPU time
    /// with that of one.
    /// </param>
    public static IReadOnlyList<string> Of(Series series, double flops, double peak)
    {
        var wall = Series.Median(series.PerSecond);
        var cpu = Series.Median(series.PerCpuSecond);
        return
        [
            series.Contender.Cores.ToString(CultureInfo.InvariantCulture),
            Number(wall),
            Number(series.PerSecond.Min()),
            Number(series.PerSecond.Max()),
            Number(cpu),
            (1000 / cpu).ToString("F3", CultureInfo.InvariantCulture),
            Number(series.PeakBytes / (double)(1 << 20)),
            Number(wall * flops / 1e9),
            Number(100 * wall * flops / 1e9 / (peak * series.Contender.Cores)),
            Number(100 * cpu * flops / 1e9 / peak),
        ];
    }

    /// <summary>Three or more significant digits.</summary>
    public static string Number(double value) =>
        value.ToString(
            value >= 100 ? "N0"
                : value >= 10 ? "F1"
                : "F2",
            CultureInfo.InvariantCulture
        );
}
