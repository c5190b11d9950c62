using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>One of our engines as a contender: answers the lines of its input until that ends.</summary>
internal sealed class EngineWorker
{
    private readonly SyntheticWorkload workload;
    private readonly EngineChoice choice;
    private readonly TaskBatch[] batches;
    private readonly IMetaGradientEngine engine;
    private readonly Optimizer? optimizer;

    private EngineWorker(EngineChoice choice, WorkloadSpec spec)
    {
        workload = new(spec);
        this.choice = choice;
        batches = [.. workload.Batches(choice.Order)];
        engine = choice.Create(workload.Model, workload.CreateParameters());
        optimizer = spec.Adam ? Optimizer.Of(OptimizerKind.Adam, engine.Parameters, 0) : null;
    }

    /// <summary>Serves an engine.</summary>
    /// <param name="choice">The engine.</param>
    /// <param name="spec">The workload.</param>
    /// <param name="input">Commands.</param>
    /// <param name="output">Answers.</param>
    public static void Serve(EngineChoice choice, WorkloadSpec spec, TextReader input, TextWriter output)
    {
        var worker = new EngineWorker(choice, spec);
        Answer(new Ready(Environment.Version.ToString(), "", ""));
        while (input.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["check", var path, "float32"]:
                    Answer(worker.Check(path));
                    break;
                case ["run", var passes]:
                    Answer(worker.Run(int.Parse(passes, CultureInfo.InvariantCulture)));
                    break;
                default:
                    throw new InvalidDataException($"Unknown command '{line}'; expected check PATH float32, or run N.");
            }
        }
        worker.engine.Dispose();

        void Answer<T>(T answer)
        {
            output.WriteLine(Answers.Print(answer));
            output.Flush();
        }
    }

    private Checked Check(string path)
    {
        var batch = workload.Batches(TaskOrder.Random).First();
        using var fresh = choice.Create(workload.Model, workload.CreateParameters());
        var loss = EnginePass.Gradient(fresh, batch);
        var file = new SafetensorsFile();
        foreach (var parameter in fresh.Parameters.All)
        {
            file.Add(parameter.Name, parameter.Gradient.ToArray(), [.. parameter.Shape]);
        }
        file.Save(path);
        var squares = fresh.Parameters.All.Sum(p => p.Gradient.Sum(g => (double)g * g));
        return new(loss, Math.Sqrt(squares));
    }

    private Ran Run(int passes)
    {
        var users = 0L;
        var total = 0.0;
        var learned = engine.Parameters.All.Where(p => !p.IsState).ToArray();
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var batch in batches)
            {
                total += batch.Count * EnginePass.Gradient(engine, batch);
                users += batch.Count;
                optimizer?.Step(learned, workload.Spec.AdamLr, 1);
            }
        }
        var wall = clock.Elapsed.TotalSeconds;
        var used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new(users, wall, used, process.PeakWorkingSet64, total / users);
    }
}
