using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: embedded features, concatenated, into a multi-layer perceptron of which some parts are
/// adapted by gradient steps on the support set. A model that has this form can be computed by an engine of its own
/// kind, without automatic differentiation. Parameters are named as <see cref="Layers.FeatureEncoder"/> and
/// <see cref="Layers.DecisionNetwork"/> name them.
/// </summary>
/// <param name="Schema">Fields that are embedded: item fields first, then user fields.</param>
/// <param name="Hidden">Widths of the hidden layers; the output layer is linear, of width one.</param>
/// <param name="Activation">Nonlinearity of the hidden layers.</param>
/// <param name="AdaptedLayers">
/// For each layer (hidden ones, then the output) whether its weight and bias are adapted: all in MeLU, the last alone in
/// ANIL, none in a model that does not adapt.
/// </param>
/// <param name="ContextDim">
/// Width of a context vector that is appended to the input, starts at zero and is adapted (CAVIA); 0 for none.
/// </param>
/// <param name="LearnsLocalRates">
/// Whether every adapted value has a local rate of its own, learned as the parameter <c>rate.NAME</c> of the same shape
/// (Meta-SGD); otherwise all share <see cref="GradientAdaptedSpec.LocalLr"/>.
/// </param>
/// <param name="Inner">The inner loop.</param>
public sealed record PerceptronForm(
    InputSchema Schema,
    ImmutableArray<int> Hidden,
    Activation Activation,
    ImmutableArray<bool> AdaptedLayers,
    int ContextDim,
    bool LearnsLocalRates,
    GradientAdaptedSpec Inner
)
{
    /// <summary>
    /// Whether training looks at supports as it does at queries, adding each user's mean support loss to the objective,
    /// and adapts to neither: adaptation is for prediction alone.
    /// </summary>
    public bool IsJoint { get; init; }

    /// <summary>
    /// Whether the inner steps also move the embeddings, every user having a copy of the rows that the support touches (MAML). The
    /// first layer is adapted then, without a context or rates of its own.
    /// </summary>
    public bool AdaptsEmbeddings { get; init; }

    /// <summary>Whether the model looks at which items the support has, where the schema asks for it.</summary>
    public bool TakesExposure => !IsJoint && !AdaptsEmbeddings;

    /// <summary>Width of the user's part of the input.</summary>
    public int UserWidth => TakesExposure ? Schema.ExposedUserWidth : Schema.UserWidth;
}
