namespace RobustMeta.Training;

/// <summary>One line of the training history. Times are not in it: equal runs have equal histories.</summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="LearningRate">Learning rate of its outer steps.</param>
/// <param name="MeanLoss">Mean over users of the mean query loss after adaptation during the epoch.</param>
/// <param name="RobustLoss">Mean weighted loss during the epoch.</param>
/// <param name="Validation">Validation value after the epoch.</param>
/// <param name="UserEss">Effective sample size of the user weights over their number, in (0, 1].</param>
/// <param name="InteractionEss">The same for the interaction weights, mean over users.</param>
/// <param name="GradientNorm">Mean norm of the gradient before clipping.</param>
/// <param name="WorstLoss">
/// The exact worst case over the ambiguity sets at what the adversary saw in the epoch: losses, or their excess over the
/// reference. NaN where an adversary has no set.
/// </param>
/// <param name="DualityGap">What the weights of the epoch fell short of it.</param>
public sealed record EpochRecord(
    int Epoch,
    double LearningRate,
    double MeanLoss,
    double RobustLoss,
    double Validation,
    double UserEss,
    double InteractionEss,
    double GradientNorm,
    double WorstLoss,
    double DualityGap
);
