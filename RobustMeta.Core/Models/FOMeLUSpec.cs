using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>
/// First-order MeLU: the gradient at the adapted layers, taken as that of the initial ones (FOMAML; Finn et al., ICML
/// 2017, section 5.2). It diverges where an inner step overshoots, that is at local rates that are good for second order.
/// </summary>
public sealed class FOMeLUSpec : PerceptronSpec
{
    /// <inheritdoc/>
    public override string ModelName => "FOMeLU";

    /// <summary>Learning rate of the inner steps.</summary>
    [Setting(
        "learning rate of the inner steps on the support set",
        Min = 0,
        Max = 100,
        Low = 1e-4,
        High = 0.01,
        IsLog = true
    )]
    public double LocalLr { get; init; } = 0.003;

    /// <summary>Number of inner steps, in training and at test time.</summary>
    [Setting("inner steps on the support set; 0 switches adaptation off", Min = 0, Max = 100, Low = 1, High = 5)]
    public int InnerSteps { get; init; } = 1;

    /// <inheritdoc/>
    protected override PerceptronForm Form(InputSchema schema)
    {
        var inner = new GradientAdaptedSpec
        {
            LocalLr = LocalLr,
            InnerSteps = InnerSteps,
            Order = MetaGradientOrder.First,
        };
        return new(schema, [HiddenDim1, HiddenDim2], Activation, [true, true, true], 0, false, inner);
    }
}
