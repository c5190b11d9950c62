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
/// Users a CPU-second of each model, by the fused engine and by automatic differentiation, one thread each, in interleaved rounds of one
/// process. Nothing but forward and backward passes is timed.
/// </summary>
internal static class ModelsProgram
{
    /// <summary>Runs it, and prints a table.</summary>
    /// <exception cref="SettingException">There is no such model, or the fused engine cannot compute it.</exception>
    public static int Run(ModelsSpec spec)
    {
        var workload = new SyntheticWorkload(spec.Workload);
        var models = spec.Models.Select(name =>
            ModelSpec.Registry.Named(name).Create(workload.Schema, 1, LabelKind.Rating)
        );
        var rows = models.Select(model => Measure(spec, workload, model)).ToList();
        var facts = EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value }).ToArray();
        Console.WriteLine(MarkdownTable.Of(["host", ""], facts, text: 2));
        Console.WriteLine(
            $"Workload: {string.Join(' ', SettingArguments.Print(spec.Workload))}; median (least to most) of {spec.Rounds} rounds.\n"
        );
        Console.WriteLine(MarkdownTable.Of(["users a CPU-second", "fused", "autograd", "ratio in each round"], rows));
        return 0;
    }

    private static string[] Measure(ModelsSpec spec, SyntheticWorkload workload, MetaRecommender model)
    {
        if (FusedEngine.Refusal(model) is { } reason)
        {
            throw new SettingException($"models: {reason}; name models that both engines compute");
        }
        using var fused = new FusedEngine(model, model.CreateParameters(spec.Workload.Seed), 1);
        using var autograd = new AutogradEngine(model, model.CreateParameters(spec.Workload.Seed), 1);
        var random = workload.Batches(TaskOrder.Random).ToArray();
        var bucketed = workload.Batches(TaskOrder.Bucketed).ToArray();
        PerCpuSecond(fused, random, 0.2);
        PerCpuSecond(autograd, bucketed, 0.2);
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < spec.Rounds; round++)
        {
            if (round % 2 == 0)
            {
                mine.Add(PerCpuSecond(fused, random, spec.Seconds));
            }
            theirs.Add(PerCpuSecond(autograd, bucketed, spec.Seconds));
            if (round % 2 == 1)
            {
                mine.Add(PerCpuSecond(fused, random, spec.Seconds));
            }
        }
        var ratios = mine.Zip(theirs, (x, y) => x / y).ToList();
        return [model.Name, Spread(mine), Spread(theirs), Spread(ratios)];
    }

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
}
