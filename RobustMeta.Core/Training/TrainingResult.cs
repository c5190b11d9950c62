namespace RobustMeta.Training;

/// <summary>
/// What a training came to. The engine's parameters and the reweighter's weights are those of the best epoch.
/// </summary>
/// <param name="History">One record per epoch.</param>
/// <param name="BestEpoch">Epoch with the best validation value; 0 is the start.</param>
/// <param name="BestValidation">That value.</param>
/// <param name="StoppedEarly">Whether patience ran out before the last epoch.</param>
/// <param name="Warnings">What the user should know of before trusting the result, in words.</param>
public sealed record TrainingResult(
    IReadOnlyList<EpochRecord> History,
    int BestEpoch,
    double BestValidation,
    bool StoppedEarly,
    IReadOnlyList<string> Warnings
);
