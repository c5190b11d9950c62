namespace RobustMeta.Robustness.References;

/// <summary>Nothing: the adversary's scores are the losses themselves, as in the paper.</summary>
public sealed class NoReferenceKind() : ReferenceKind("none", "nothing: the losses themselves, as in the paper")
{
    /// <inheritdoc/>
    public override bool Predicts => false;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new NoReference();
    }
}
