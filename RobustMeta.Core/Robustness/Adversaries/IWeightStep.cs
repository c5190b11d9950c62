using RobustMeta.Robustness.Sets;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// One gradient step of weights in the mean-one convention, in two halves: some weights move with their losses, then the
/// whole vector returns to its set.
/// </summary>
internal interface IWeightStep
{
    /// <summary>Moves weights along their losses.</summary>
    void Move(Span<double> weights, ReadOnlySpan<double> losses, double rate);

    /// <summary>Brings the whole vector back into the set.</summary>
    void Restore(Span<double> weights);

    /// <summary>Keeps weights so that both halves of a step of few take no pass over all; null where there is no such way.</summary>
    DeferredWeights? Defer() => null;
}
