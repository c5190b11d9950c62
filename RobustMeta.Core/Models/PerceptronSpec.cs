using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>The decision network that all models of perceptron form share.</summary>
public abstract class PerceptronSpec : ModelSpec
{
    /// <summary>Width of the first hidden layer.</summary>
    [Setting("width of the first hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the second hidden layer.</summary>
    [Setting("width of the second hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>Nonlinearity of the hidden layers.</summary>
    [Setting("nonlinearity of the hidden layers")]
    public Activation Activation { get; init; } = Activation.Relu;

    /// <inheritdoc/>
    public sealed override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new PerceptronModel(ModelName, Form(schema), embeddingScale, label);

    /// <summary>What the model computes.</summary>
    protected abstract PerceptronForm Form(InputSchema schema);
}
