using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>The inner level of the hierarchy: weighs the query interactions of each user, mean one per user.</summary>
internal interface IInteractionAdversary
{
    /// <summary>The weights of a batch's interactions.</summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="scores">Score of each query interaction, as <see cref="TaskBatch.QueryItems"/>.</param>
    /// <param name="weights">Receives the weights, same layout.</param>
    void Weigh(TaskBatch batch, ReadOnlySpan<double> scores, Span<double> weights);

    /// <summary>Climbs with the scores of a batch.</summary>
    void Ascend(TaskBatch batch, ReadOnlySpan<double> scores);

    /// <summary>Closes an epoch.</summary>
    /// <param name="scores">The newest score of every training interaction.</param>
    void EndEpoch(ReadOnlySpan<double> scores);

    /// <summary>
    /// Whether <see cref="Weigh"/> gives the weights that are worst for the scores it is given, so that
    /// <see cref="Worst"/> of the same scores is their mean under these weights, to the bit.
    /// </summary>
    bool RespondsExactly { get; }

    /// <summary>The worst weighted mean of one user's scores over the adversary's set; NaN where it has none.</summary>
    double Worst(ReadOnlySpan<double> scores);

    /// <summary>The learned state besides the weights of interactions, for checkpoints.</summary>
    IReadOnlyDictionary<string, double[]> State { get; }
}
