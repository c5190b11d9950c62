using RobustMeta.Models.Factors;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// Probabilistic matrix factorisation with fold-in of new users in closed form, started at the Bayesian solution for the
/// training users and meta-learned from there. See <see cref="MetaPmf"/>.
/// </summary>
public sealed class MetaPmfSpec : ModelSpec
{
    /// <inheritdoc/>
    public override string ModelName => "MetaPMF";

    /// <summary>Number of factors.</summary>
    [Setting(
        "number of factors, beside the item's mean and the user's level",
        Min = 1,
        Max = 512,
        Low = 4,
        High = 64,
        IsLog = true
    )]
    public int Factors { get; init; } = 16;

    /// <summary>Rounds of the closed-form start.</summary>
    [Setting("rounds of the variational solution that training starts from; 0 starts at random", Min = 0, Max = 10_000)]
    public int StartRounds { get; init; } = 30;

    /// <summary>Variance of a score's part that the factors give, before any rating; 0 estimates it.</summary>
    [Setting(
        "variance of the factors' part of a score that the start assumes before any rating; 0 estimates it (which for "
            + "clicks switches the factors off); unless given, 0 for ratings and 1 for clicks"
    )]
    public double TasteVariance { get; init; } = double.NaN;

    /// <summary>Whether the items' own vectors are learned further by gradient.</summary>
    [Setting("whether the items' own vectors are learned further by gradient (with startRounds 0 they always are)")]
    public bool LearnVectors { get; init; }

    /// <summary>Steps of the user's logistic solution (clicks); ratings need one and no more.</summary>
    [Setting("steps of the user's logistic solution (clicks only)", Min = 1, Max = 50)]
    public int FoldInSteps { get; init; } = 3;

    /// <summary>What a user's prior is informed by.</summary>
    [Setting(
        "user's prior: plain; exposure: from which items the support has; auto: decided on held-out training users; safe: exposure "
            + "as far as the user's own ratings bear it out"
    )]
    public PriorKind UserPrior { get; init; }

    /// <summary>What an item's prior is informed by.</summary>
    [Setting(
        "item's prior: plain; exposure: from which users rated it; auto: decided on held-out training users",
        Except = ["safe"]
    )]
    public PriorKind ItemPrior { get; init; }

    /// <summary>A control experiment with exposure.</summary>
    [Setting(
        "control of priors informed by exposure: none; shuffled: training users and items have the exposure of another one with about "
            + "as many ratings; size: numbers of ratings alone"
    )]
    public ExposureControl ExposureControl { get; init; }

    /// <summary>Length of the exposure vectors.</summary>
    [Setting("length of the vectors that stand for who rated what (priors informed by exposure)", Min = 1, Max = 1024)]
    public int ExposureRank { get; init; } = 60;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> WithoutEffect(FeatureSpec features, LabelKind label)
    {
        var found = new Dictionary<string, string>
        {
            ["embeddingDim"] = "its vectors are as long as factors says. Leave it out, or set factors.",
        };
        if (StartRounds > 0 && features.ItemId)
        {
            found["embeddingScale"] =
                "its vectors start at the closed-form solution. Leave it out, or set startRounds 0.";
        }
        if (label == LabelKind.Rating)
        {
            found["foldInSteps"] = "ratings have one step, which is exact. Leave it out, or take label click.";
        }
        return found;
    }

    /// <inheritdoc/>
    public override MetaRecommender Create(InputSchema schema, double embeddingScale, LabelKind label) =>
        UserPrior == PriorKind.Safe
            ? new SafePmf(this, schema, embeddingScale, label)
            : new MetaPmf(this, schema, embeddingScale, label);
}
