using RobustMeta.Models.Layers;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: item vectors as sums of one vector of each feature (<see cref="FeatureSum"/>), and for each user the
/// posterior mean of the user's vector given the support, learned through: <see cref="MetaPmf"/>. A model that has this form can be
/// computed by hand-derived gradients, without automatic differentiation. The parameters have the names that <see cref="MetaPmf"/>
/// gives them; <c>exposure.correlation</c> is symmetric, as the start computes it.
/// </summary>
/// <param name="Schema">Fields that have vectors: item fields, and user fields for the user's prior.</param>
/// <param name="Factors">Number of factors; an item's vector is (mean, slope of the level, factors).</param>
/// <param name="FoldInSteps">Steps of the logistic solution (clicks); ratings take one.</param>
/// <param name="ExposureRank">
/// Length of the vectors by which the choice of the support items informs a user's prior; 0 where it does not.
/// </param>
public sealed record FactorForm(InputSchema Schema, int Factors, int FoldInSteps, int ExposureRank)
{
    /// <summary>
    /// Sum of support weights that a smaller one counts as where a mean is taken, and what is added to the square of a score where
    /// the curvature of the logistic bound divides by it.
    /// </summary>
    internal const double Least = 1e-6;

    /// <summary>Length of an item's vector.</summary>
    public int Width => Factors + 2;

    /// <summary>Length of a user's vector: (level, factors).</summary>
    public int Order => Factors + 1;

    /// <summary>The field that tells items apart; null where the model does not see it.</summary>
    public TokenField? Identity => Schema.ItemFields.OfType<TokenField>().FirstOrDefault(tokens => tokens.Name == "id");
}
