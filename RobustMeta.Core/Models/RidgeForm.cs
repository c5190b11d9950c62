using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: item vectors from a network of item features, and for each user the ridge solution on
/// the support set as the user's vector, learned through. A model that has this form can be computed by an engine of its
/// own kind, without automatic differentiation. Parameters are named as <see cref="Layers.FeatureEncoder"/> and
/// <see cref="Layers.DecisionNetwork"/> name them (networks <c>feature</c> and <c>prior</c>), with
/// <see cref="LogLambda"/> and <see cref="LogGain"/>.
/// </summary>
/// <param name="Schema">Fields that are embedded: item fields feed the item vectors, user fields the prior.</param>
/// <param name="Features">Widths of the layers that make item vectors, at least one; the last is linear.</param>
/// <param name="Activation">Nonlinearity between layers, of both networks.</param>
/// <param name="Prior">
/// Widths of the layers that make the point to which a user's vector shrinks, the last as wide as an item vector; empty
/// where that point is zero.
/// </param>
/// <param name="NewtonSteps">Newton steps of the logistic solution (clicks); ratings take one.</param>
public sealed record RidgeForm(
    InputSchema Schema,
    ImmutableArray<int> Features,
    Activation Activation,
    ImmutableArray<int> Prior,
    int NewtonSteps
)
{
    /// <summary>Name of the parameter log λ, the logarithm of the coefficient of the penalty.</summary>
    public const string LogLambda = "ridge.logLambda";

    /// <summary>Name of the parameter log gain, the logarithm of the scale of scores.</summary>
    public const string LogGain = "ridge.logGain";

    /// <summary>Width F of item vectors.</summary>
    public int Width => Features[^1];

    /// <summary>Whether users' vectors shrink to a point of their own.</summary>
    public bool HasPrior => !Prior.IsEmpty;
}
