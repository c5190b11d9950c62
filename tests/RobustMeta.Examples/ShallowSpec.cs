using RobustMeta.Models;
using RobustMeta.Settings;

// Not a namespace of the library: a model of one's own is declared anywhere.
namespace Shop.Models;

/// <summary>A model of one's own: a network with a single hidden layer, which a user's support adapts.</summary>
public sealed class ShallowSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "Shallow";

    /// <summary>Width of the hidden layer.</summary>
    [Setting("width of the hidden layer", Min = 1, Max = 4096)]
    public int Width { get; init; } = 16;

    /// <summary>The inner loop.</summary>
    public GradientAdaptedSpec Inner { get; init; } = new();

    /// <inheritdoc/>
    public override MetaRecommender Create(
        InputSchema schema,
        double embeddingScale,
        RobustMeta.Tasks.LabelKind label
    ) =>
        new PerceptronModel(
            ModelName,
            new(schema, [Width], Activation.Relu, [true, true], 0, false, Inner),
            embeddingScale,
            label
        );
}
