using RobustMeta.Robustness.References;
using RobustMeta.Settings;

namespace Shop.Models;

/// <summary>A reference of one's own: the same loss for every interaction.</summary>
public sealed class ConstantLoss() : ReferenceKind("constantLoss", "one loss for all interactions")
{
    /// <summary>The loss.</summary>
    [Setting("loss of every interaction", Min = 0, Max = 10)]
    public double Level { get; init; } = 0.5;

    /// <inheritdoc/>
    public override bool Predicts => false;

    /// <inheritdoc/>
    public override Reference Fit(ReferenceInput input)
    {
        var train = input.Source.All(input.Tasks);
        return new FixedReference(Name, train, [.. train.QueryItems.Select(_ => Level)], [], null);
    }
}
