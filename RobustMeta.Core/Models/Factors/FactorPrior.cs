namespace RobustMeta.Models.Factors;

/// <summary>How <see cref="BayesianFactors"/> are fitted.</summary>
/// <param name="Factors">Number of factors F beside the item's mean and the user's level.</param>
/// <param name="Rounds">Rounds over users and items.</param>
/// <param name="TasteVariance">
/// Variance of a score's part that the factors give, before any rating; 0 estimates it from the data, which switches the
/// factors off where the data are few.
/// </param>
/// <param name="Seed">Seed of the initial factors.</param>
/// <param name="Threads">Number of threads, 0 for one a processor.</param>
public sealed record FactorPrior(int Factors, int Rounds, double TasteVariance, long Seed, int Threads = 0)
{
    /// <summary>
    /// Rank of the vectors of who rated an item that the items' prior mean is informed by, 0 for none.
    /// </summary>
    public int ItemExposureRank { get; init; }

    /// <summary>A control experiment with that exposure.</summary>
    public ExposureControl ExposureControl { get; init; }

    /// <summary>Whether interactions of label 0 were drawn, so that they say nothing of what users met.</summary>
    public bool HasDrawnNegatives { get; init; }
}
