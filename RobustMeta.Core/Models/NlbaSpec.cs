using RobustMeta.Models.Layers;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>NLBA, non-linear bias adaptation (Vartak et al., NeurIPS 2017, section 3.2). See <see cref="Nlba"/>.</summary>
public sealed class NlbaSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "NLBA";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>Width of the item encoder, hidden and output.</summary>
    [Setting(
        "width of the item encoder, hidden layer and output",
        Min = 1,
        Max = 4096,
        Grid = [16, 32, 64, 128],
        IsLog = true
    )]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the classifier's hidden layer.</summary>
    [Setting(
        "width of the classifier's hidden layer, whose biases are adapted",
        Min = 1,
        Max = 4096,
        Grid = [16, 32, 64, 128],
        IsLog = true
    )]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>How the items of a class are brought together.</summary>
    [Setting("how the items of a class are brought together")]
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Whether support weights count in the class representatives (an extension).</summary>
    [Setting("whether support weights count in the pooling of the support; refused otherwise")]
    public bool WeightedPooling { get; init; }

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new Nlba(this, schema, embeddingScale, label);
}
