using System.Globalization;
using System.Text;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>The tables of a side-by-side measurement, in Markdown: printed as they come, and kept for a file.</summary>
internal sealed class PeersReport
{
    private readonly StringBuilder text = new();
    private readonly double flops;
    private readonly double own;

    /// <summary>Begins with the host and the workload.</summary>
    public PeersReport(PeersSpec spec, SyntheticWorkload workload, IReadOnlyList<RunningContender> running)
    {
        flops = UsefulFlops.PerUser(workload);
        own = OwnFlops.PerUser(workload);
        var facts = EnvironmentReport.Facts().ToList();
        if (running.FirstOrDefault(c => c.Contender.IsPeer) is { } peer)
        {
            var kernel = peer.BlasKernel ?? "unknown: no OpenBLAS that tells; expect slow peers";
            facts.Add(("peers", $"{peer.Ready.Version}, own kernels {peer.Ready.Capability}, one thread"));
            facts.Add(("peers' BLAS", $"{peer.Ready.Blas}, kernel {kernel}"));
        }
        Add(MarkdownTable.Of(["host", ""], [.. facts.Select(f => new[] { f.Name, f.Value })], text: 2));
        var random = workload.PaddingWaste(TaskOrder.Random);
        var bucketed = workload.PaddingWaste(TaskOrder.Bucketed);
        Add(
            $"Workload: {string.Join(' ', SettingArguments.Print(spec.Workload))}; "
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"mean support {workload.MeanSupport:F1}; {workload.RowsPerItem:F2} interactions a distinct item of "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"a batch; MFLOP a user: {flops / 1e6:F2} useful, {own / 1e6:F2} by the fused engine's own count; "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"padded support rows +{random:P0} in random batches, +{bucketed:P0} in bucketed ones.\n"
                )
        );
    }

    /// <summary>Adds how far losses and gradients deviate.</summary>
    public void AddChecks(string reference, IReadOnlyList<GradientCheck> checks) =>
        Add(
            MarkdownTable.Of(
                [$"first batch against {reference}", "loss, relative", "gradient, relative", "worst parameter"],
                [.. checks.Select(c => new[] { c.Contender, Small(c.Loss), Small(c.Gradient), c.Parameter })]
            )
        );

    /// <summary>Adds speeds and ratios.</summary>
    public void AddMeasurements(IReadOnlyList<Series> series, double peak)
    {
        Add(
            $"Measured peak of one core: {SpeedColumns.Number(peak)} GFLOP/s "
                + "(multiply-adds on registers, single precision).\n"
        );
        Add(
            MarkdownTable.Of(
                [$"median of {series[0].Rounds.Count} rounds", .. SpeedColumns.Header],
                [.. series.Select(s => (string[])[s.Contender.Title, .. SpeedColumns.Of(s, flops, peak)])]
            )
        );
        var fused = series.Where(s => s.Contender.Key.StartsWith("fused", StringComparison.Ordinal)).ToArray();
        if (fused.Length > 0)
        {
            Add("By the operations that the fused engine itself does:\n");
            Add(
                MarkdownTable.Of(
                    ["", .. SpeedColumns.Header.TakeLast(3)],
                    [.. fused.Select(s => (string[])[s.Contender.Title, .. SpeedColumns.Of(s, own, peak).TakeLast(3)])]
                )
            );
        }
        var peers = series.Where(s => s.Contender.IsPeer).ToArray();
        if (peers.Length > 0)
        {
            Add("Speed relative to the peers, median of the ratios of each round, wall time / CPU time:\n");
            Add(
                MarkdownTable.Of(
                    ["", .. peers.Select(p => p.Contender.Title)],
                    [.. series.Select(s => (string[])[s.Contender.Title, .. peers.Select(p => Ratio(s, p))])]
                )
            );
        }
    }

    /// <summary>Writes everything to a file, unless its name is empty.</summary>
    public void Save(string path)
    {
        if (path.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, text.ToString());
        }
    }

    private static string Ratio(Series mine, Series theirs) =>
        SpeedColumns.Number(Series.Ratio(mine.PerSecond, theirs.PerSecond))
        + " / "
        + SpeedColumns.Number(Series.Ratio(mine.PerCpuSecond, theirs.PerCpuSecond));

    private void Add(string part)
    {
        Console.WriteLine(part);
        text.Append(part).Append('\n');
    }

    private static string Small(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);
}
