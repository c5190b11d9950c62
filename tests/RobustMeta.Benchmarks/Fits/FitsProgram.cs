using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Models.Baselines;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Benchmarks.Fits;

/// <summary>
/// Fits of EASE, iALS and ItemKNN beside the usual code of NumPy and SciPy on the same positives, in interleaved rounds: seconds of the clock
/// and of the processor. EASE and ItemKNN must give the peer's scores; the factors of iALS start elsewhere, so that it is only timed.
/// </summary>
internal static class FitsProgram
{
    private const double Regularization = 100;

    /// <summary>Runs it, and prints a table.</summary>
    /// <exception cref="ContenderException">The peer does not start, or its scores differ.</exception>
    public static int Run(FitsSpec spec)
    {
        Environment.SetEnvironmentVariable(ThreadLimit.Variable, spec.Threads.ToString(CultureInfo.InvariantCulture));
        NativeLibraries.EnsureLoaded();
        var folder = Directory.CreateTempSubdirectory("robustmeta-fits-").FullName;
        try
        {
            var profiles = FitData.Of(spec);
            FitData.Write(folder, profiles);
            using var peer = new FitPeer(spec, folder);
            var rows = Methods(spec, profiles).Select(method => Measure(spec, profiles[0], method, peer)).ToList();
            var cells = profiles.Sum(profile => profile.Items.Length);
            Console.WriteLine(
                MarkdownTable.Of(
                    ["host", ""],
                    [.. EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value })],
                    text: 2
                )
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{spec.Users:N0} users, {spec.Items:N0} items, {cells:N0} positives; {spec.Threads} threads; medians of {spec.Rounds} rounds; ratios above 1: ours is faster\n"
                )
            );
            Console.WriteLine(
                MarkdownTable.Of(
                    ["fit", "ours, s", "peer, s", "ratio", "ours, CPU s", "peer, CPU s", "ratio of CPU"],
                    rows
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Name, Func<IProfileModel> Fit)[] Methods(FitsSpec spec, IReadOnlyList<Profile> profiles) =>
        [
            ("EASE", () => Ease.Fit(profiles, spec.Items, Regularization)),
            (
                "iALS",
                () =>
                    Als.Fit(
                        new()
                        {
                            Signal = SignalKind.Positives,
                            Factors = spec.Factors,
                            Rounds = spec.AlsRounds,
                        },
                        profiles,
                        spec.Items,
                        1
                    )
            ),
            (
                "ItemKNN",
                () =>
                    ItemKnn.Fit(
                        profiles,
                        spec.Items,
                        new() { Neighbours = spec.Items, Shrink = 10 },
                        SignalKind.Positives
                    )
            ),
        ];

    private static string[] Measure(
        FitsSpec spec,
        Profile first,
        (string Name, Func<IProfileModel> Fit) method,
        FitPeer peer
    )
    {
        var (mine, theirs) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());
        // The first round warms up, and compares.
        Compare(spec, method.Name, Outputs(spec, first, method.Fit()), peer.Fit(method.Name).Outputs);
        for (var round = 0; round < spec.Rounds; round++)
        {
            if (round % 2 == 0)
            {
                mine.Add(Timed(method.Fit));
            }
            var (wall, cpu, _) = peer.Fit(method.Name);
            theirs.Add((wall, cpu));
            if (round % 2 == 1)
            {
                mine.Add(Timed(method.Fit));
            }
            Console.Error.WriteLine($"{method.Name}: round {round + 1} of {spec.Rounds}");
        }
        return
        [
            method.Name,
            Text(mine.Select(x => x.Wall)),
            Text(theirs.Select(x => x.Wall)),
            Text(theirs.Zip(mine, (x, y) => x.Wall / y.Wall)),
            Text(mine.Select(x => x.Cpu)),
            Text(theirs.Select(x => x.Cpu)),
            Text(theirs.Zip(mine, (x, y) => x.Cpu / y.Cpu)),
        ];
    }

    private static double[] Outputs(FitsSpec spec, Profile profile, IProfileModel model) =>
        model.Score(profile, Enumerable.Range(0, spec.Items).ToArray());

    private static void Compare(FitsSpec spec, string name, double[] mine, double[] theirs)
    {
        var difference = theirs.Length == 0 ? 0 : mine.Zip(theirs, (x, y) => Math.Abs(x - y)).Max();
        if (!(difference <= spec.Tolerance))
        {
            throw new ContenderException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: scores differ from the peer's by up to {difference:g3}"
                )
            );
        }
    }

    private static (double Wall, double Cpu) Timed(Func<IProfileModel> fit)
    {
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        GC.KeepAlive(fit());
        return (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static string Text(IEnumerable<double> values) =>
        Series.Median(values).ToString("F3", CultureInfo.InvariantCulture);
}
