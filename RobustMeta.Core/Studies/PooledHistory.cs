using RobustMeta.Training;

namespace RobustMeta.Studies;

/// <summary>The epochs of a method, means over seeds.</summary>
/// <param name="Cell">Where it was trained.</param>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Epochs">The epochs that the training of every seed reached.</param>
public sealed record PooledHistory(StudyCell Cell, string Method, int Seeds, IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The histories of the methods of a study, in the order of the plan; methods without epochs are left out.</summary>
    /// <param name="histories">Histories of finished runs.</param>
    public static IReadOnlyList<PooledHistory> Of(IEnumerable<StudyHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        return
        [
            .. histories
                .Where(history => history.Epochs.Count > 0)
                .GroupBy(history => (history.Run.Cell, Label: CellReader.Label(history.Run)))
                .Select(runs => new PooledHistory(
                    runs.Key.Cell,
                    runs.Key.Label,
                    runs.Count(),
                    [
                        .. Enumerable
                            .Range(0, runs.Min(run => run.Epochs.Count))
                            .Select(epoch => Mean([.. runs.Select(run => run.Epochs[epoch])])),
                    ]
                )),
        ];
    }

    private static EpochRecord Mean(IReadOnlyList<EpochRecord> epochs) =>
        new(
            epochs[0].Epoch,
            epochs.Average(e => e.LearningRate),
            epochs.Average(e => e.MeanLoss),
            epochs.Average(e => e.RobustLoss),
            epochs.Average(e => e.Validation),
            epochs.Average(e => e.UserEss),
            epochs.Average(e => e.InteractionEss),
            epochs.Average(e => e.GradientNorm),
            epochs.Average(e => e.WorstLoss),
            epochs.Average(e => e.DualityGap)
        );
}
