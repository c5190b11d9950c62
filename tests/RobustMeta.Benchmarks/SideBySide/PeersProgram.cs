using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Benchmarks.Workload;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>
/// The side-by-side measurement: every contender in a process of its own, checked against one another, then timed in
/// interleaved rounds.
/// </summary>
internal static class PeersProgram
{
    /// <summary>Runs it; 1 if a gradient deviates.</summary>
    public static int Run(PeersSpec spec)
    {
        var workload = new SyntheticWorkload(spec.Workload);
        var folder = Directory.CreateTempSubdirectory("robustmeta-benchmark-").FullName;
        var running = new List<RunningContender>();
        try
        {
            var file = Path.Combine(folder, "workload.safetensors");
            WorkloadFile.Save(workload, workload.Settings, workload.Model, file);
            foreach (var contender in PeerContenders.Of(spec, file))
            {
                running.Add(new(contender));
            }
            var report = new PeersReport(spec, workload, running);
            var (reference, checks) = GradientCheck.Run(running, workload.CreateParameters(), folder);
            report.AddChecks(reference, checks);
            var agree = checks.All(c => c.Largest <= spec.Tolerance);
            if (agree && !spec.CheckOnly)
            {
                agree = HaveEqualLosses(spec, running);
                if (agree)
                {
                    var (series, peak) = Rounds.Run(running, spec.Rounds);
                    report.AddMeasurements(series, peak);
                }
            }
            report.Save(spec.Output);
            if (!agree)
            {
                Console.Error.WriteLine($"Contenders deviate by more than {spec.Tolerance}: nothing was measured.");
            }
            return agree ? 0 : 1;
        }
        finally
        {
            running.ForEach(c => c.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    // Warms everybody up. Without optimizer steps every pass has the same losses, whoever shares a batch with whom.
    private static bool HaveEqualLosses(PeersSpec spec, List<RunningContender> running)
    {
        var losses = new List<double>();
        foreach (var contender in running)
        {
            losses.Add(contender.Calibrate(spec.Warmup, spec.Seconds).Loss);
            Console.Error.WriteLine(
                $"{contender.Contender.Title}: warm, {contender.Passes} passes a run, mean loss {losses[^1]}"
            );
        }
        return spec.Workload.Adam || losses.Max() - losses.Min() <= spec.Tolerance * losses.Max();
    }
}
