namespace RobustMeta.Models;

/// <summary>
/// Meta-SGD (Li et al., 2017): as MeLU, but every adapted value has a local rate of its own, learned with the rest. The
/// rates start at <c>localLr</c>, are unconstrained and may turn negative.
/// </summary>
public sealed class MetaSgdSpec : PerceptronSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MetaSGD";

    /// <summary>The inner loop; the paper takes one step.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    protected override PerceptronForm Form(InputSchema schema) =>
        new(schema, [HiddenDim1, HiddenDim2], Activation, [true, true, true], 0, true, Inner);
}
