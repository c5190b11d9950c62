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
            WorkloadFile.Save(workload, file);
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
                var (series, peak) = Measure(spec, running);
                report.AddMeasurements(series, peak);
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

    // Odd rounds go backwards, so that nobody always follows the same neighbour.
    private static (Series[] Series, double Peak) Measure(PeersSpec spec, List<RunningContender> running)
    {
        foreach (var contender in running)
        {
            contender.Calibrate(spec.Warmup, spec.Seconds);
            Console.Error.WriteLine($"{contender.Contender.Title}: warm, {contender.Passes} passes a run");
        }
        var runs = running.ToDictionary(c => c, _ => new List<Ran>());
        var peak = PeakFlops.Measure();
        for (var round = 0; round < spec.Rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? running : Enumerable.Reverse(running))
            {
                runs[contender].Add(contender.Run());
            }
            peak = Math.Max(peak, PeakFlops.Measure());
            Console.Error.WriteLine($"round {round + 1} of {spec.Rounds}");
        }
        return ([.. running.Select(c => new Series(c.Contender, runs[c]))], peak);
    }
}
