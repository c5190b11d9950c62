using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>Parameters of the synthetic world; the defaults are the data set <c>synthetic</c>.</summary>
public sealed record SyntheticSpec : ISpec
{
    /// <summary>Number of users.</summary>
    [Setting("number of users", Min = 1, Max = 10_000_000)]
    public int Users { get; init; } = 2000;

    /// <summary>Number of items.</summary>
    [Setting("number of items", Min = 1, Max = 10_000_000)]
    public int Items { get; init; } = 400;

    /// <summary>Fraction of users whose taste relates to the features in the minority's way.</summary>
    [Setting("fraction of users whose taste relates to the features in the minority's way", Min = 0, Max = 1)]
    public double MinorityFraction { get; init; } = 0.2;

    /// <summary>Number of latent dimensions of taste.</summary>
    [Setting("number of latent dimensions of taste", Min = 1, Max = 1000)]
    public int LatentDim { get; init; } = 4;

    /// <summary>Number of item categories; each has a centre in latent space.</summary>
    [Setting("number of item categories; each has a centre in latent space", Min = 1, Max = 1_000_000)]
    public int Categories { get; init; } = 12;

    /// <summary>Number of user segments; each has a centre in latent space.</summary>
    [Setting("number of user segments; each has a centre in latent space", Min = 1, Max = 1_000_000)]
    public int Segments { get; init; } = 8;

    /// <summary>Fraction of an entity's latent variance that its features explain, 0..1.</summary>
    [Setting("fraction of an entity's latent variance that its features explain", Min = 0, Max = 1)]
    public double FeatureSignal { get; init; } = 0.8;

    /// <summary>Standard deviation of the taste part of a rating.</summary>
    [Setting("standard deviation of the taste part of a rating", Min = 0)]
    public double TasteScale { get; init; } = 1.0;

    /// <summary>Standard deviation of the items' quality.</summary>
    [Setting("standard deviation of the items' quality", Min = 0)]
    public double QualityScale { get; init; } = 0.3;

    /// <summary>Standard deviation of the users' level.</summary>
    [Setting("standard deviation of the users' level", Min = 0)]
    public double LevelScale { get; init; } = 0.3;

    /// <summary>Standard deviation of the noise of a rating, the same for all users.</summary>
    [Setting("standard deviation of the noise of a rating, the same for all users", Min = 0)]
    public double Noise { get; init; } = 0.5;

    /// <summary>Exponent of the Zipf law of item popularity.</summary>
    [Setting("exponent of the Zipf law of item popularity", Min = -10, Max = 10)]
    public double PopularityExponent { get; init; } = 1.0;

    /// <summary>How much the minority prefers rare items: its popularity exponent is this much smaller.</summary>
    [Setting(
        "how much the minority prefers rare items: its popularity exponent is this much smaller",
        Min = -10,
        Max = 10
    )]
    public double MinorityNiche { get; init; } = 1.0;

    /// <summary>Fewest ratings of a user.</summary>
    [Setting("fewest ratings of a user", Min = 1, Max = 1_000_000)]
    public int MinRatings { get; init; } = 44;

    /// <summary>Mean number of ratings beyond the fewest (exponential).</summary>
    [Setting("mean number of ratings beyond the fewest (exponential)", Min = 0, Max = 1_000_000)]
    public double MeanExtraRatings { get; init; } = 30;
}
