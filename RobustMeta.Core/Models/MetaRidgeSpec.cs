using RobustMeta.Bias;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// Meta-learned ridge regression on top of the bias model: item features from a learned network, and for each user the
/// closed-form ridge solution on what the bias model leaves of the support. See <see cref="MetaRidge"/>.
/// </summary>
public sealed class MetaRidgeSpec : ModelSpec
{
    /// <summary>The defaults: on top of the bias model.</summary>
    public MetaRidgeSpec() => Offset = OffsetKind.Bias;

    /// <inheritdoc/>
    public override string ModelName => "MetaRidge";

    /// <summary>Width of the item features of the ridge head.</summary>
    [Setting("width of the learned item features", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int FeatureDim { get; init; } = 16;

    /// <summary>Width of the hidden layer of the feature network; 0 makes it linear.</summary>
    [Setting(
        "width of the hidden layer of the item features; 0 makes them linear in the embeddings",
        Min = 0,
        Max = 4096
    )]
    public int HiddenDim1 { get; init; }

    /// <summary>Initial coefficient λ of the ridge penalty; it is learned.</summary>
    [Setting("initial coefficient of the ridge penalty, which is learned", Min = 1e-6, Max = 1e6)]
    public double Ridge { get; init; } = 1;

    /// <summary>Newton steps of the logistic ridge solution (clicks); ratings need one and no more.</summary>
    [Setting("Newton steps of the logistic ridge solution (clicks only)", Min = 1, Max = 20)]
    public int NewtonSteps { get; init; } = 1;

    /// <summary>Whether the ridge solution shrinks to a point that the user's features say, instead of to zero.</summary>
    [Setting("whether the head shrinks to a point learned from the user's features instead of zero")]
    public bool Prior { get; init; } = true;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new MetaRidge(
            ModelName,
            new(
                schema,
                HiddenDim1 == 0 ? [FeatureDim] : [HiddenDim1, FeatureDim],
                Activation.Relu,
                Prior ? [FeatureDim] : [],
                NewtonSteps
            ),
            Ridge,
            embeddingScale,
            label
        );
}
