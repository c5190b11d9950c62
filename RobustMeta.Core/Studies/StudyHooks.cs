using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Training;

namespace RobustMeta.Studies;

/// <summary>What a study tells of its progress; everything is told on the thread that runs it.</summary>
public sealed record StudyHooks
{
    /// <summary>Tells nothing.</summary>
    public static StudyHooks Silent { get; } = new();

    /// <summary>Is told a line of text.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>
    /// Whether the line of a run says which of how many it is. All runs are looked for before the first one is told, which
    /// takes a second for some thousands.
    /// </summary>
    public bool CountsRuns { get; init; }

    /// <summary>Gives what is told the epochs of a run, from its spec, its method and the name of the selection metric.</summary>
    public Func<ExperimentSpec, MetaMethodSpec, string, IProgress<EpochRecord>?> Epochs { get; init; } =
        (_, _, _) => null;

    /// <summary>Is told that a training ended, and whether before its last epoch.</summary>
    public Action<bool> Trained { get; init; } = _ => { };

    /// <summary>Is told of downloads.</summary>
    public IProgress<DownloadProgress>? Downloads { get; init; }
}
