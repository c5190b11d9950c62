using System.Diagnostics;
using System.Globalization;

namespace RobustMeta.Benchmarks.Reading;

/// <summary>How long one reader took, round by round.</summary>
/// <param name="name">Name of the reader.</param>
/// <param name="read">Reads the file and gives the sum of its ratings.</param>
internal sealed class ReadingTimes(string name, Func<string, double> read)
{
    private readonly List<double> seconds = [];
    private readonly List<double> processor = [];

    /// <summary>Columns of <see cref="Row"/>.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    ["reader", "slowest, M rows/s", "median", "fastest", "M rows per processor second, median"];

    /// <summary>The sum of the ratings that were read last.</summary>
    public double Sum { get; private set; }

    /// <summary>Reads the file once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="counts">Whether the round counts.</param>
    public void Read(string path, bool counts)
    {
        using var process = Process.GetCurrentProcess();
        var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        Sum = read(path);
        if (counts)
        {
            seconds.Add(watch.Elapsed.TotalSeconds);
            process.Refresh();
            processor.Add((process.TotalProcessorTime - before).TotalSeconds);
        }
    }

    /// <summary>Rows a second.</summary>
    /// <param name="rows">Rows of the file.</param>
    public string[] Row(int rows) =>
        [
            name,
            Millions(rows / seconds.Max()),
            Millions(rows / Median(seconds)),
            Millions(rows / seconds.Min()),
            Millions(rows / Median(processor)),
        ];

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Millions(double rows) => (rows / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}
