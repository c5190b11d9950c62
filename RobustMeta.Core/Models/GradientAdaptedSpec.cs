using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>The inner loop of gradient-adapted models.</summary>
public sealed record GradientAdaptedSpec : ISpec
{
    /// <summary>Learning rate of the inner steps.</summary>
    [Setting(
        "learning rate of the inner steps on the support set",
        Min = 0,
        Max = 100,
        Grid = [0.001, 0.01, 0.05, 0.1],
        IsLog = true
    )]
    public double LocalLr { get; init; } = 0.1;

    /// <summary>Number of inner steps, in training and at test time; 0 switches adaptation off.</summary>
    [Setting("inner steps on the support set; 0 switches adaptation off", Min = 0, Max = 100, Low = 1, High = 5)]
    public int InnerSteps { get; init; } = 1;

    /// <summary>Order of the meta-gradient.</summary>
    [Setting("order of the meta-gradient: first (FOMAML) or second (exact)")]
    public MetaGradientOrder Order { get; init; } = MetaGradientOrder.Second;
}
