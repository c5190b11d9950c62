using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace RobustMeta.Data;

/// <summary>
/// Synthetic ratings together with the truth that made them. A rating is
/// <c>clamp(round(3 + quality_i + level_u + taste(u, i) + noise), 1, 5)</c>.
/// </summary>
/// <param name="Spec">Parameters of the world.</param>
/// <param name="Ratings">What a recommender may see.</param>
/// <param name="IsMinority">By user index: whether taste relates to the features in the minority's way.</param>
/// <param name="UserLatent">Latent taste by user index, <c>[users][LatentDim]</c>, in the user's own relation.</param>
/// <param name="ItemLatent">Latent traits by item index, <c>[items][LatentDim]</c>.</param>
/// <param name="UserLevel">Level by user index.</param>
/// <param name="ItemQuality">Quality by item index.</param>
public sealed record SyntheticWorld(
    SyntheticSpec Spec,
    Ratings Ratings,
    ImmutableArray<bool> IsMinority,
    ImmutableArray<double[]> UserLatent,
    ImmutableArray<double[]> ItemLatent,
    ImmutableArray<double> UserLevel,
    ImmutableArray<double> ItemQuality
)
{
    /// <summary>Mean of the unrounded rating: the score that ranks best, whatever the metric.</summary>
    public double Mean(int user, int item)
    {
        double taste = 0;
        for (var k = 0; k < Spec.LatentDim; k++)
        {
            taste += UserLatent[user][k] * ItemLatent[item][k];
        }
        return 3 + ItemQuality[item] + UserLevel[user] + Spec.TasteScale * taste;
    }

    /// <summary>Probability that the rating is at least the threshold: the Bayes-optimal click score.</summary>
    /// <param name="user">User index.</param>
    /// <param name="item">Item index.</param>
    /// <param name="threshold">An integer in 2..5.</param>
    public double ClickProbability(int user, int item, int threshold) =>
        Normal.CDF(0, 1, (Mean(user, item) - threshold + 0.5) / Spec.Noise);

    /// <summary>Expected rating: the Bayes-optimal prediction under squared error.</summary>
    public double ExpectedRating(int user, int item) =>
        1 + Enumerable.Range(2, 4).Sum(threshold => ClickProbability(user, item, threshold));
}
