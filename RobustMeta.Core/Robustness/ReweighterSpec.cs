using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>Robust reweighting; the defaults are the reading of the paper: simplex at both levels, slow ascent.</summary>
public sealed record ReweighterSpec
{
    /// <summary>The levels at which training is robust.</summary>
    [Setting("levels at which training is robust: none (plain), user, interaction, both")]
    public WeightLevels Levels { get; init; } = WeightLevels.Both;

    /// <summary>Ambiguity set of both levels, as <see cref="AmbiguitySet.Parse"/> reads it.</summary>
    [Setting("ambiguity set of the weights: simplex, unit-ball, uniform")]
    public string Set { get; init; } = "simplex";

    /// <summary>How the weights climb.</summary>
    [Setting("how the weights climb: projectedGradient, or bestResponse (exact on each batch)")]
    public AscentRule Ascent { get; init; } = AscentRule.ProjectedGradient;

    /// <summary>Learning rate of the user weights, in the mean-one convention.</summary>
    [Setting("learning rate of the user weights (mean one)", Min = 0, Max = 1000)]
    public double TaskWeightLr { get; init; } = 0.01;

    /// <summary>Learning rate of the interaction weights, in the mean-one convention.</summary>
    [Setting("learning rate of the interaction weights (mean one)", Min = 0, Max = 1000)]
    public double SampleWeightLr { get; init; } = 0.01;
}
