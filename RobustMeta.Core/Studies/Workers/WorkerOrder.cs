namespace RobustMeta.Studies.Workers;

/// <summary>What an engine is asked to start.</summary>
/// <param name="Command">The worker and how many of them.</param>
/// <param name="Root">The study's folder, by its whole path.</param>
/// <param name="Study">Name of the study, for names of jobs.</param>
public sealed record WorkerOrder(WorkerCommand Command, string Root, string Study)
{
    // Slurm's own limit for the length of an array, unless a cluster has another.
    private const int MostWorkers = 1000;

    private static readonly TimeSpan OneWorker = TimeSpan.FromMinutes(30);

    /// <summary>Number of workers for which each works about half an hour: tasks of a batch system should take 10 to 60 minutes.</summary>
    /// <param name="work">The time of all runs in one process.</param>
    public static int WorkersFor(TimeSpan work) => (int)Math.Clamp(Math.Ceiling(work / OneWorker), 1, MostWorkers);

    /// <summary>Workers that may run at once.</summary>
    public int AtOnce { get; init; } = Command.Shards;

    /// <summary>Is told what happens while the engine looks after workers, e.g. that one is started again; may be called by several threads.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Threads of a worker.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Memory of a worker in MiB; null: what the engine gives where nothing is asked.</summary>
    public int? Memory { get; init; }

    /// <summary>Time limit of a worker in minutes, where the engine has limits.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>File that lists hosts for ssh, one a line, where the engine reaches hosts so; null: this machine.</summary>
    public string? Hosts { get; init; }

    /// <summary>The container image that holds the program as <c>robustmeta</c>.</summary>
    public string Image { get; init; } = "robustmeta";

    /// <summary>Name of the volume claim that several nodes can write.</summary>
    public string Claim { get; init; } = "robustmeta-store";
}
