using System.Collections.Immutable;

namespace RobustMeta.Training;

/// <summary>How far a training has come, besides what engine, optimizer and reweighter hold.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="History">Their records.</param>
/// <param name="Best">Parameters of the best epoch.</param>
/// <param name="BestWeights">User and interaction weights at the end of the best epoch.</param>
/// <param name="BestEpoch">The best epoch; 0 is the start.</param>
/// <param name="BestValidation">Its validation value.</param>
public sealed record TrainingState(
    int Epoch,
    ImmutableList<EpochRecord> History,
    ImmutableArray<float[]> Best,
    (double[] Users, double[] Interactions) BestWeights,
    int BestEpoch,
    double BestValidation
);
