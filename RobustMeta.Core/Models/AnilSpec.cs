namespace RobustMeta.Models;

/// <summary>ANIL (Raghu et al., ICLR 2020): a user's support set adapts the output layer alone.</summary>
public sealed class AnilSpec : PerceptronSpec
{
    /// <inheritdoc/>
    public override string ModelName => "ANIL";

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    protected override PerceptronForm Form(InputSchema schema) =>
        new(schema, [HiddenDim1, HiddenDim2], Activation, [false, false, true], 0, false, Inner);
}
