using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// MAML (Finn et al., ICML 2017) over all layers: a user's support set adapts the embeddings as well as the decision
/// network. Adapted embeddings make it less stable than MeLU.
/// </summary>
public sealed class MamlSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MAML";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>Width of the first hidden layer.</summary>
    [Setting("width of the first hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the second hidden layer.</summary>
    [Setting("width of the second hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new Maml(this, schema, embeddingScale, label);
}
