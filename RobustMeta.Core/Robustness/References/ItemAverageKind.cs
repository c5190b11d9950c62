namespace RobustMeta.Robustness.References;

/// <summary>The streaming average of the model's losses on the same item; see <see cref="ItemAverageReference"/>.</summary>
public sealed class ItemAverageKind()
    : ReferenceKind("itemAverage", "the streaming average of the model's own losses on the same item")
{
    /// <inheritdoc/>
    public override bool Predicts => false;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ItemAverageReference(input.Source.Ratings.Items.Count, input.Spec.ReferenceHorizon);
    }
}
