using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// No meta-learning: the decision network is trained on all interactions of the training users, supports and queries
/// alike (each half's mean loss counts the same), and predicts for a new user without adaptation.
/// </summary>
public sealed class JointSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "Joint";

    /// <summary>Width of the first hidden layer.</summary>
    [Setting("width of the first hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the second hidden layer.</summary>
    [Setting("width of the second hidden layer", Min = 1, Max = 4096, Grid = [16, 32, 64, 128], IsLog = true)]
    public int HiddenDim2 { get; init; } = 32;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        new JointModel(ModelName, [HiddenDim1, HiddenDim2], new() { InnerSteps = 0 }, schema, embeddingScale, label);
}
