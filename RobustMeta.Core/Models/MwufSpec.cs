using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// MWUF, meta warm-up by scaling and shifting (Zhu et al., SIGIR 2021), with the user in the role of the new entity. See
/// <see cref="Mwuf"/>.
/// </summary>
public sealed class MwufSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MWUF";

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

    /// <summary>Width of the hidden layer of the scaling and shifting networks.</summary>
    [Setting(
        "width of the hidden layer of the scaling and shifting networks",
        Min = 1,
        Max = 4096,
        Grid = [16, 32, 64, 128],
        IsLog = true
    )]
    public int HiddenDim2 { get; init; } = 16;

    /// <summary>Epochs of pretraining.</summary>
    [Setting("epochs of pretraining of the base model", Min = 0, Max = 1_000_000)]
    public int PretrainEpoch { get; init; } = 20;

    /// <summary>Learning rate of pretraining.</summary>
    [Setting("learning rate of pretraining", Min = 0, Max = 100)]
    public double PretrainLr { get; init; } = 0.01;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new Mwuf(this, schema, embeddingScale, label);
}
