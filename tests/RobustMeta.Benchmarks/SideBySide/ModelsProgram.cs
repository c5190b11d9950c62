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
/// interleaved rounds. Nothing but forward and backward passes is timed. Peers are compared with the fused engine first.
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
        using var autograd = new AutogradEngine(model, model.CreateParameters(spec.Workload.Seed), 1);
        var random = workload.Batches(TaskOrder.Random).ToArray();
        var bucketed = workload.Batches(TaskOrder.Bucketed).ToArray();
        PerCpuSecond(fused, random, spec.Warmup);
        PerCpuSecond(autograd, bucketed, spec.Warmup);
        peer?.Calibrate(spec.Warmup, spec.Seconds);
        List<Func<double>> contenders =
        [
            () => PerCpuSecond(fused, random, spec.Seconds),
            () => PerCpuSecond(autograd, bucketed, spec.Seconds),
        ];
        if (peer is not null)
        {
            contenders.Add(() => PerCpuSecond(peer.Run()));
        }
        var speeds = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < spec.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                // Every other round backwards, so that nobody always follows the same one.
                var next = round % 2 == 0 ? i : contenders.Count - 1 - i;
                speeds[next].Add(contenders[next]());
            }
        }
        return
        [
            model.Name,
            Spread(speeds[0]),
            Spread(speeds[1]),
            peer is null ? "" : Spread(speeds[2]),
            Ratio(1),
            peer is null ? "" : Ratio(2),
        ];

        string Ratio(int other) => Spread([.. speeds[0].Zip(speeds[other], (x, y) => x / y)]);
    }

    private static double PerCpuSecond(Ran run) => run.Users / run.Cpu;

    private static double PerCpuSecond(IMetaGradientEngine engine, TaskBatch[] batches, double seconds)
    {
        var users = 0L;
        var start = Environment.CpuUsage.TotalTime;
        TimeSpan used;
        do
        {
            foreach (var batch in batches)
            {
                EnginePass.Gradient(engine, batch);
                users += batch.Count;
            }
            used = Environment.CpuUsage.TotalTime - start;
        } while (used.TotalSeconds < seconds);
        return users / used.TotalSeconds;
    }

    private static string Spread(List<double> values) =>
        $"{SpeedColumns.Number(Series.Median(values))} ({SpeedColumns.Number(values.Min())} to {SpeedColumns.Number(values.Max())})";

    private static string Small(double value) => value.ToString("0.0E+0", CultureInfo.InvariantCulture);
}
