using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// Transfer instead of meta-learning: trained as <see cref="JointSpec"/>, then the layers of the decision network take
/// gradient steps on a new user's support set. The fairest rival of gradient-based meta-learning.
/// </summary>
public sealed class JointFineTunedSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "JointFineTuned";

    /// <summary>Width of the first hidden layer.</summary>
    [Setting("width of the first hidden layer", Min = 1, Max = 4096)]
    public int HiddenDim1 { get; init; } = 32;

    /// <summary>Width of the second hidden layer.</summary>
    [Setting("width of the second hidden layer", Min = 1, Max = 4096)]
    public int HiddenDim2 { get; init; } = 32;

    /// <summary>Learning rate of the steps on a new user's support set.</summary>
    [Setting("learning rate of the steps on a new user's support set", Min = 0, Max = 100)]
    public double LocalLr { get; init; } = 0.01;

    /// <summary>Number of steps on a new user's support set.</summary>
    [Setting("steps on a new user's support set", Min = 0, Max = 1000)]
    public int InnerSteps { get; init; } = 5;

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label)
    {
        var inner = new GradientAdaptedSpec { LocalLr = LocalLr, InnerSteps = InnerSteps };
        return new JointModel(ModelName, [HiddenDim1, HiddenDim2], inner, schema, embeddingScale, label);
    }
}
