using RobustMeta.Training;

namespace RobustMeta.Studies;

/// <summary>The epochs of a finished run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Epochs">One record per epoch; empty for a method that is not trained in epochs.</param>
public sealed record StudyHistory(PlannedRun Run, IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The epochs of the reported runs of a study that are finished, in the order of the plan.</summary>
    public static IEnumerable<StudyHistory> Read(StudySpec spec, StudyStore store)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(store);
        return StudyResults.Finished(spec, store).Select(done => new StudyHistory(done.Run, done.Folder.ReadHistory()));
    }
}
