using RobustMeta.Benchmarks.Contenders;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>Interleaved rounds: what the machine does meanwhile, it does to all contenders alike.</summary>
internal static class Rounds
{
    /// <summary>
    /// One run of each contender a round; odd rounds go backwards, so that no contender always follows the same one. The
    /// peak of one core in GFLOP/s is measured between rounds, and the best of it returned.
    /// </summary>
    public static (Series[] Series, double Peak) Run(IReadOnlyList<RunningContender> running, int rounds)
    {
        var runs = running.ToDictionary(c => c, _ => new List<Ran>());
        var peak = PeakFlops.Measure();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? running : running.Reverse())
            {
                runs[contender].Add(contender.Run());
            }
            peak = Math.Max(peak, PeakFlops.Measure());
            Console.Error.WriteLine($"round {round + 1} of {rounds}");
        }
        return ([.. running.Select(c => new Series(c.Contender, runs[c]))], peak);
    }
}
