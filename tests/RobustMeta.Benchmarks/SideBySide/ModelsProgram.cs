using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>
/// Users a CPU-second of each model by the fused engine, by automatic differentiation and by a PyTorch peer, one thread each, in
/// interleaved rounds, and the gain of more threads by the clock. Nothing but forward and backward passes is timed. Peers are compared with the fused engine first.
/// </summary>
internal static class ModelsProgram
{
    /// <summary>Runs it, and prints tables; 1 if a peer deviates.</summary>
    /// <exception cref="SettingException">There is no such model, or the fused engine cannot compute it.</exception>
    public static int Run(ModelsSpec spec)
    {
        var workload = new SyntheticWorkload(spec.Workload);
        var folder = Directory.CreateTempSubdirectory("robustmeta-benchmark-").FullName;
        try
        {
            var facts = EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value }).ToArray();
            Console.WriteLine(MarkdownTable.Of(["host", ""], facts, text: 2));
            if (spec.Threads > 1 && !spec.CheckOnly)
            {
                Console.WriteLine(MarkdownTable.Of(["two threads at most", ""], CorePair.Facts(), text: 1));
            }
            var measured = spec.Models.Select(name => Model(spec, workload, name, folder)).ToList();
            return Report(spec, measured);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (GradientCheck? Check, string[]? Row) Model(
        ModelsSpec spec,
        SyntheticWorkload workload,
        string name,
        string folder
    )
    {
        var settings = ModelSpec.Registry.Named(name);
        var model = settings.Create(workload.Schema, 1, LabelKind.Rating);
        if (FusedEngine.Refusal(model) is { } reason)
        {
            throw new SettingException($"models: {reason}; name models that both engines compute");
        }
        using var peer = ModelPeers.Start(spec, workload, settings, model, folder);
        var first = workload.Batches(TaskOrder.Random).First();
        var check = peer is null
            ? null
            : GradientCheck.InDouble(peer, model, first, model.CreateParameters(spec.Workload.Seed), folder);
        // What is not a number is no agreement.
        var agrees = check is null || check.Largest <= spec.Tolerance;
        return (check, agrees && !spec.CheckOnly ? Measure(spec, workload, model, peer) : null);
    }

    private static int Report(ModelsSpec spec, List<(GradientCheck? Check, string[]? Row)> measured)
    {
        var checks = measured.Select(m => m.Check).OfType<GradientCheck>().ToArray();
        if (checks.Length > 0)
        {
            Console.WriteLine(
                MarkdownTable.Of(
                    ["PyTorch against fused, both float64", "loss, relative", "gradient, relative", "worst parameter"],
                    [.. checks.Select(c => new[] { c.Contender, Small(c.Loss), Small(c.Gradient), c.Parameter })]
                )
            );
        }
        if (!spec.CheckOnly)
        {
            Console.WriteLine(
                $"Workload: {string.Join(' ', SettingArguments.Print(spec.Workload))}; median (least to most) of {spec.Rounds} rounds.\n"
            );
            string[] header =
            [
                "users a CPU-second",
                "fused",
                "autograd",
                "PyTorch, bucketed",
                "fused : autograd",
                "fused : PyTorch",
                $"{spec.Threads} threads : 1, users a second",
            ];
            Console.WriteLine(MarkdownTable.Of(header, [.. measured.Select(m => m.Row).OfType<string[]>()]));
        }
        var worst = checks.Where(c => !(c.Largest <= spec.Tolerance)).ToArray();
        foreach (var check in worst)
        {
            Console.Error.WriteLine(
                $"The peer of {check.Contender} deviates by {Small(check.Largest)}, more than {Small(spec.Tolerance)}: it was not measured."
            );
        }
        return worst.Length > 0 ? 1 : 0;
    }

    private static string[] Measure(
        ModelsSpec spec,
        SyntheticWorkload workload,
        MetaRecommender model,
        RunningContender? peer
    )
    {
        using var fused = new FusedEngine(model, model.CreateParameters(spec.Workload.Seed), 1);
        using var threaded = new FusedEngine(model, model.CreateParameters(spec.Workload.Seed), spec.Threads);
        using var autograd = new AutogradEngine(model, model.CreateParameters(spec.Workload.Seed), 1);
        var random = workload.Batches(TaskOrder.Random).ToArray();
        var bucketed = workload.Batches(TaskOrder.Bucketed).ToArray();
        peer?.Calibrate(spec.Warmup, spec.Seconds);
        List<Func<double, Ran>> contenders =
        [
            seconds => Run(fused, random, seconds),
            seconds => Run(threaded, random, seconds),
            seconds => Run(autograd, bucketed, seconds),
        ];
        contenders.ForEach(run => run(spec.Warmup));
        if (peer is not null)
        {
            contenders.Add(_ => peer.Run());
        }
        var runs = contenders.Select(_ => new List<Ran>()).ToArray();
        for (var round = 0; round < spec.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                // Every other round backwards, so that nobody always follows the same one.
                var next = round % 2 == 0 ? i : contenders.Count - 1 - i;
                runs[next].Add(contenders[next](spec.Seconds));
            }
        }
        return
        [
            model.Name,
            Spread(runs[0].Select(PerCpuSecond)),
            Spread(runs[2].Select(PerCpuSecond)),
            peer is null ? "" : Spread(runs[3].Select(PerCpuSecond)),
            Ratios(runs[0], runs[2], PerCpuSecond),
            peer is null ? "" : Ratios(runs[0], runs[3], PerCpuSecond),
            Ratios(runs[1], runs[0], run => run.Users / run.Wall),
        ];
    }

    private static double PerCpuSecond(Ran run) => run.Users / run.Cpu;

    private static string Ratios(List<Ran> mine, List<Ran> theirs, Func<Ran, double> speed) =>
        Spread(mine.Zip(theirs, (x, y) => speed(x) / speed(y)));

    private static Ran Run(IMetaGradientEngine engine, TaskBatch[] batches, double seconds)
    {
        var users = 0L;
        var total = 0.0;
        var start = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        do
        {
            foreach (var batch in batches)
            {
                total += batch.Count * EnginePass.Gradient(engine, batch);
                users += batch.Count;
            }
        } while (clock.Elapsed.TotalSeconds < seconds);
        var wall = clock.Elapsed.TotalSeconds;
        return new(users, wall, (Environment.CpuUsage.TotalTime - start).TotalSeconds, 0, total / users);
    }

    private static string Spread(IEnumerable<double> numbers)
    {
        var values = numbers.ToList();
        var (least, most) = (SpeedColumns.Number(values.Min()), SpeedColumns.Number(values.Max()));
        return $"{SpeedColumns.Number(Series.Median(values))} ({least} to {most})";
    }

    private static string Small(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);
}
