using RobustMeta.Robustness;
using RobustMeta.Robustness.References;

namespace RobustMeta.Experiments;

/// <summary>A reference ready for training, and how it compares with the plainly trained model.</summary>
/// <param name="Reference">The reference.</param>
/// <param name="Losses">Mean validation loss of the plain model and of each candidate; empty where none was compared.</param>
/// <param name="Warnings">What the user should know of it, in words.</param>
/// <param name="Time">Wall time of fitting and comparing.</param>
internal sealed record FittedReference(
    Reference Reference,
    IReadOnlyList<ReferenceLoss> Losses,
    IReadOnlyList<string> Warnings,
    TimeSpan Time
)
{
    /// <summary>
    /// The adversary's settings with this reference: where none was better than the plain model there is no adversary, for
    /// one that maximises raw losses puts its weight on noise and does worse than none.
    /// </summary>
    /// <param name="spec">The method's.</param>
    public ReweighterSpec Adversary(ReweighterSpec spec) =>
        spec.References.Reference is AutoReference && Reference is NoReference
            ? (spec with { Levels = WeightLevels.None }).Changed(new HashSet<string>())
            : spec;
}
