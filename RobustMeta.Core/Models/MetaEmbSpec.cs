using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// Meta-Embedding (Pan et al., SIGIR 2019) with the user in the role of the new entity. See <see cref="MetaEmb"/>.
/// </summary>
public sealed class MetaEmbSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MetaEmb";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>Width of the user's vector.</summary>
    [Setting(
        "width of the user's vector (index embedding)",
        Min = 1,
        Max = 4096,
        Grid = [16, 32, 64, 128],
        IsLog = true
    )]
    public int IndHiddenDim { get; init; } = 32;

    /// <summary>Width of the base model's hidden layer.</summary>
    [Setting("width of the base model's hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the generator's hidden layer.</summary>
    [Setting("width of the generator's hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>Learning rate of the step on the user's vector.</summary>
    [Setting("learning rate of the step on the user's generated vector", Min = 0, Max = 100)]
    public double LocalLr { get; init; } = 0.1;

    /// <summary>Weight of the loss before the step; the loss after it has 1 − alpha.</summary>
    [Setting(
        "weight of the support loss before the step; the query loss after it has 1 - alpha",
        Min = 0,
        Max = 1,
        Low = 0.05,
        High = 1
    )]
    public double Alpha { get; init; } = 0.1;

    /// <summary>Epochs of pretraining.</summary>
    [Setting("epochs of pretraining of the base model", Min = 0, Max = 1_000_000)]
    public int PretrainEpoch { get; init; } = 20;

    /// <summary>Learning rate of pretraining.</summary>
    [Setting("learning rate of pretraining", Min = 0, Max = 100)]
    public double PretrainLr { get; init; } = 0.01;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new MetaEmb(this, schema, embeddingScale, label);
}
