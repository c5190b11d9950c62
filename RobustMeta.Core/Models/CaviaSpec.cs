using RobustMeta.Settings;

namespace RobustMeta.Models;

/// <summary>
/// CAVIA (Zintgraf et al., ICML 2019): a user's support set adapts a context vector alone, which starts at zero and is
/// appended to the input of the decision network.
/// </summary>
public sealed class CaviaSpec : PerceptronSpec
{
    /// <inheritdoc/>
    public override string ModelName => "CAVIA";

    /// <summary>Width of the context vector.</summary>
    [Setting("width of the adapted context vector", Min = 1, Max = 4096)]
    public int ContextDim { get; init; } = 16;

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new() { LocalLr = 1 };

    /// <inheritdoc/>
    protected override PerceptronForm Form(InputSchema schema) =>
        new(schema, [HiddenDim1, HiddenDim2], Activation, [false, false, false], ContextDim, false, Inner);
}
