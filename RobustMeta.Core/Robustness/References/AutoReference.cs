using RobustMeta.Settings;

namespace RobustMeta.Robustness.References;

/// <summary>
/// The better of <see cref="BiasReference"/> and <see cref="CrossFittedReference"/> on the validation users, or no adversary
/// where the plainly trained model is better than both; see <see cref="ReferenceCheck"/>.
/// </summary>
public sealed class AutoReference()
    : ReferenceKind(
        "auto",
        "the better of bias and crossfit on validation users; plain training where neither is better"
    )
{
    /// <inheritdoc/>
    public override bool Predicts => false;

    /// <summary>Not by itself: the choice needs validation users.</summary>
    /// <exception cref="SettingException">Always.</exception>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        throw new SettingException("reference auto is chosen by validation, and there are no validation users here.");
    }
}
