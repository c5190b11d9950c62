using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// What a study takes on many machines, by simulating its workers event by event: worker i of n does runs
/// i, i + n, i + 2n …, then whatever is left, as in <see cref="StudyShard"/>. Nothing is random: equal input, equal result.
/// </summary>
/// <param name="Workers">Workers at once: nodes times cores.</param>
public sealed record StudySimulation(int Workers)
{
    /// <summary>Seconds from the start of a worker to its first run: program, libraries, data.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Seconds that a run takes besides its own: its lease, its files on a shared disk.</summary>
    public double RunSeconds { get; init; }

    /// <summary>Seconds after which a worker is stopped and queued again; its run goes on from a checkpoint. Infinite: never.</summary>
    public double LimitSeconds { get; init; } = double.PositiveInfinity;

    /// <summary>Seconds that a stopped worker waits in the queue.</summary>
    public double QueueSeconds { get; init; }

    /// <summary>Simulates a study.</summary>
    /// <param name="seconds">What each run takes alone, in the order of the plan.</param>
    /// <returns>What it takes.</returns>
    /// <exception cref="SettingException">There is no worker, no run, or a limit in which no run can be begun.</exception>
    public SimulatedStudy Of(IReadOnlyList<double> seconds)
    {
        if (Workers < 1 || seconds.Count == 0 || !(LimitSeconds > StartSeconds))
        {
            throw new SettingException(
                "A simulation needs at least one worker and one run, and a limit longer than the start of a worker."
            );
        }
        var pools = new SimulatedPools(seconds.Count, Workers);
        var events = new PriorityQueue<SimulatedWorker, (double Time, int Worker)>();
        for (var worker = 0; worker < Workers; worker++)
        {
            events.Enqueue(new(worker, LimitSeconds), (StartSeconds, worker));
        }
        double end = 0;
        var restarts = 0;
        while (events.TryDequeue(out var worker, out var at))
        {
            if (worker.Left <= 0)
            {
                if (pools.Next(worker.Number) is not { } run)
                {
                    continue;
                }
                worker = worker with { Left = seconds[run] + RunSeconds };
            }
            if (at.Time + worker.Left > worker.Limit)
            {
                // Its lease would be taken over after a minute; that it keeps its run is the longer case.
                restarts++;
                var again = worker.Limit + QueueSeconds;
                events.Enqueue(
                    worker with
                    {
                        Left = worker.Left - (worker.Limit - at.Time),
                        Limit = again + LimitSeconds,
                    },
                    (again + StartSeconds, worker.Number)
                );
                continue;
            }
            end = Math.Max(end, at.Time + worker.Left);
            events.Enqueue(worker with { Left = 0 }, (at.Time + worker.Left, worker.Number));
        }
        return new(TimeSpan.FromSeconds(end), seconds.Sum() / (end * Workers), restarts);
    }

    /// <summary>Measured runs repeated in turn until there are as many as asked for.</summary>
    /// <param name="measured">Seconds of measured runs.</param>
    /// <param name="runs">Number of runs.</param>
    /// <exception cref="SettingException">Nothing is measured.</exception>
    public static IReadOnlyList<double> Repeat(IReadOnlyList<double> measured, int runs)
    {
        ArgumentNullException.ThrowIfNull(measured);
        return measured.Count == 0
            ? throw new SettingException("No run of this study is finished, so that nothing is known of their times.")
            : [.. Enumerable.Range(0, runs).Select(i => measured[i % measured.Count])];
    }
}
