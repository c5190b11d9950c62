using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>The inner level of the hierarchy: weighs the query interactions of each user, mean one per user.</summary>
internal interface IInteractionAdversary
{
    /// <summary>The weights of a batch's interactions.</summary>
    /// <param name="batch">The batch; positions are indices of training users.</param>
    /// <param name="losses">Loss of each query interaction, or its excess over the reference, as <see cref="TaskBatch.QueryItems"/>.</param>
    /// <param name="weights">Receives the weights, same layout.</param>
    void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights);

    /// <summary>Ascends with the losses of a batch.</summary>
    void Ascend(TaskBatch batch, ReadOnlySpan<double> losses);

    /// <summary>Closes an epoch.</summary>
    /// <param name="losses">The newest loss of every training interaction.</param>
    void EndEpoch(ReadOnlySpan<double> losses);

    /// <summary>
    /// Whether <see cref="Weigh"/> gives the weights that are worst for the losses it is given, so that
    /// <see cref="Worst"/> of the same losses is their mean under these weights, to the bit.
    /// </summary>
    bool RespondsExactly { get; }

    /// <summary>The worst weighted mean of one user's losses over the adversary's set; NaN where it has none.</summary>
    double Worst(ReadOnlySpan<double> losses);

    /// <summary>The learned state besides the weights of interactions, for checkpoints.</summary>
    IReadOnlyDictionary<string, double[]> State { get; }
}
