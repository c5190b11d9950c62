using RobustMeta.Models.Layers;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>LWA, linear weight adaptation (Vartak et al., NeurIPS 2017, section 3.1). See <see cref="Lwa"/>.</summary>
public sealed class LwaSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "LWA";

    /// <inheritdoc/>
    public override bool IsPadded => true;

    /// <summary>Width of the item encoder's hidden layer.</summary>
    [Setting("width of the item encoder's hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of an encoded item.</summary>
    [Setting("width of an encoded item", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>How the items of a class are brought together.</summary>
    [Setting("how the items of a class are brought together")]
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>How the classes are mixed.</summary>
    [Setting("how the class representatives are mixed to a classifier")]
    public ClassMixing Mixing { get; init; } = ClassMixing.Scalar;

    /// <summary>Whether support weights count in the class representatives (an extension).</summary>
    [Setting("whether support weights count in the pooling of the support; refused otherwise")]
    public bool WeightedPooling { get; init; }

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new Lwa(this, schema, embeddingScale, label);
}
