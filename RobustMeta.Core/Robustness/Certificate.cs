namespace RobustMeta.Robustness;

/// <summary>
/// How far the weights of an epoch are from the worst that the sets allow, at the epoch's losses, or their excess
/// over the reference.
/// </summary>
/// <param name="Mean">Mean loss under uniform weights.</param>
/// <param name="Weighted">Mean loss under the weights.</param>
/// <param name="Worst">The exact worst case over the sets; NaN where an adversary has no set.</param>
/// <param name="UserEss">Effective sample size of the user weights over their number, in (0, 1].</param>
/// <param name="InteractionEss">The same for the interaction weights, mean over users.</param>
public sealed record Certificate(double Mean, double Weighted, double Worst, double UserEss, double InteractionEss)
{
    /// <summary>Duality gap: the worst case minus the weighted mean; never negative but for rounding.</summary>
    public double Gap => Worst - Weighted;
}
