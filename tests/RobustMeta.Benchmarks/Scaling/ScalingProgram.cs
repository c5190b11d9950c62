using System.Globalization;
using System.Text;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Scaling;

/// <summary>How our engines' speed depends on users, support, width, steps and threads, one table each.</summary>
internal static class ScalingProgram
{
    /// <summary>Measures and prints; threads are compared in every table, since each count is an engine of its own.</summary>
    public static int Run(ScalingSpec spec)
    {
        var engines = Engines(spec);
        var text = new StringBuilder();
        var facts = EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value });
        Add(MarkdownTable.Of(["host", ""], [.. facts], text: 2));
        Add($"Workload, where not said otherwise: {string.Join(' ', SettingArguments.Print(spec.Workload))}\n");
        Axis("users", spec.UserCounts, (w, x) => w with { Users = x });
        Axis("support", spec.Supports, (w, x) => w with { SupportMin = x, SupportMax = x });
        Axis("hidden", spec.Widths, (w, x) => w with { Hidden = x });
        Axis("steps", spec.StepCounts, (w, x) => w with { Steps = x });
        if (spec.Output.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(spec.Output))!);
            File.WriteAllText(spec.Output, text.ToString());
        }
        return 0;

        void Axis(string name, IReadOnlyList<double> values, Func<WorkloadSpec, int, WorkloadSpec> with)
        {
            if (values.Count > 0)
            {
                var rows = values.SelectMany(x => Measure(spec, engines, with(spec.Workload, (int)x), Text(x)));
                Add(MarkdownTable.Of([name, "engine", .. SpeedColumns.Header], [.. rows], text: 2));
            }
        }

        void Add(string part)
        {
            Console.WriteLine(part);
            text.Append(part).Append('\n');
        }
    }

    private static EngineChoice[] Engines(ScalingSpec spec)
    {
        if (spec.Engines.Count > 0)
        {
            return [.. spec.Engines.Select(EngineChoice.Named)];
        }
        var unpadded = EngineChoice.All.Where(e => e.Order == TaskOrder.Random).ToArray();
        return unpadded.Length > 0 ? unpadded : [.. EngineChoice.All];
    }

    private static List<string[]> Measure(ScalingSpec spec, EngineChoice[] engines, WorkloadSpec workload, string value)
    {
        Console.Error.WriteLine($"value {value}");
        var running = new List<RunningContender>();
        try
        {
            foreach (var engine in engines)
            {
                running.Add(new(Contender.Of(engine, SettingArguments.Print(workload))));
                running[^1].Calibrate(spec.Warmup, spec.Seconds);
            }
            var (series, peak) = Rounds.Run(running, spec.Rounds);
            var flops = UsefulFlops.PerUser(new(workload));
            return [.. series.Select(s => (string[])[value, s.Contender.Title, .. SpeedColumns.Of(s, flops, peak)])];
        }
        finally
        {
            running.ForEach(c => c.Dispose());
        }
    }

    private static string Text(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
