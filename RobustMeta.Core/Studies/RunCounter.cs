using System.Diagnostics;

namespace RobustMeta.Studies;

/// <summary>
/// Which run of how many begins: those that are settled so far, whichever process made them, and this one. The number of runs can fall when
/// tuning decides that some of them are equal.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="store">Where its results are.</param>
/// <param name="isCounted">Which runs are counted.</param>
internal sealed class RunCounter(StudySpec spec, StudyStore store, Func<PlannedRun, bool> isCounted)
{
    // A look at as many takes milliseconds. Beyond, it takes at most a hundredth of the time; in between, this process's own are counted on.
    private const int Few = 200;
    private const int Pause = 100;

    private readonly Stopwatch since = new();
    private TimeSpan took;
    private int settled;
    private int runs;
    private bool isOpen;

    /// <summary>The number of the run that begins now, and of all; null while a search goes on whose budget is not counted in runs.</summary>
    public (int Number, int? Runs) Next()
    {
        if (runs <= Few || since.Elapsed > Pause * took)
        {
            Look();
        }
        else
        {
            settled++;
        }
        return isOpen ? (settled + 1, null) : (Math.Min(settled + 1, runs), runs);
    }

    private void Look()
    {
        var clock = Stopwatch.StartNew();
        var all = StudyStatus.Of(spec, store).Runs;
        var counted = all.Where(run => isCounted(run.Run)).ToArray();
        settled = counted.Count(run => run.State is RunState.Done or RunState.Diverged);
        runs = counted.Length;
        // What waits for a search has no name yet.
        isOpen = HasOpenSearch(spec) && all.Any(run => run.Run.Id is null);
        took = clock.Elapsed;
        since.Restart();
    }

    private static bool HasOpenSearch(StudySpec spec) =>
        spec
            .Methods.Select(method => method.Tuned)
            .Append(spec.Tuning)
            .Any(choice => choice.Search is { Budget.Runs: null });
}
