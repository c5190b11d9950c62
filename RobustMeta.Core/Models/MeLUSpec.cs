using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>MeLU: the decision network and its inner loop.</summary>
public sealed record MeLUSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MeLU";

    /// <summary>Width of the first hidden layer.</summary>
    [Setting("width of the first hidden layer", Min = 1, Max = 4096)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the second hidden layer.</summary>
    [Setting("width of the second hidden layer", Min = 1, Max = 4096)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new MeLU(this, schema, embeddingScale, label);
}
