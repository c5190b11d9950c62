namespace RobustMeta.Models;

/// <summary>
/// MeLU (Lee et al., KDD 2019): a user's support set adapts all layers of the decision network and leaves the embeddings
/// alone. The exact second-order algorithm of the paper; its published code is first-order.
/// </summary>
public sealed class MeLUSpec : PerceptronSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MeLU";

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    protected override PerceptronForm Form(InputSchema schema) =>
        new(schema, [HiddenDim1, HiddenDim2], Activation, [true, true, true], 0, false, Inner);
}
