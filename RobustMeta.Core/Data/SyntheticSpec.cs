namespace RobustMeta.Data;

/// <summary>Parameters of the synthetic world; the defaults are the data set <c>synthetic</c>.</summary>
public sealed record SyntheticSpec
{
    /// <summary>Number of users.</summary>
    public int Users { get; init; } = 2000;

    /// <summary>Number of items.</summary>
    public int Items { get; init; } = 400;

    /// <summary>Fraction of users whose taste relates to the features in the minority's way.</summary>
    public double MinorityFraction { get; init; } = 0.2;

    /// <summary>Number of latent dimensions of taste.</summary>
    public int LatentDim { get; init; } = 4;

    /// <summary>Number of item categories; each has a centre in latent space.</summary>
    public int Categories { get; init; } = 12;

    /// <summary>Number of user segments; each has a centre in latent space.</summary>
    public int Segments { get; init; } = 8;

    /// <summary>Fraction of an entity's latent variance that its features explain, 0..1.</summary>
    public double FeatureSignal { get; init; } = 0.8;

    /// <summary>Standard deviation of the taste part of a rating.</summary>
    public double TasteScale { get; init; } = 1.0;

    /// <summary>Standard deviation of the items' quality.</summary>
    public double QualityScale { get; init; } = 0.3;

    /// <summary>Standard deviation of the users' level.</summary>
    public double LevelScale { get; init; } = 0.3;

    /// <summary>Standard deviation of the noise of a rating, the same for all users.</summary>
    public double Noise { get; init; } = 0.5;

    /// <summary>Exponent of the Zipf law of item popularity.</summary>
    public double PopularityExponent { get; init; } = 1.0;

    /// <summary>How much the minority prefers rare items: its popularity exponent is this much smaller.</summary>
    public double MinorityNiche { get; init; } = 1.0;

    /// <summary>Fewest ratings of a user.</summary>
    public int MinRatings { get; init; } = 44;

    /// <summary>Mean number of ratings beyond the fewest (exponential).</summary>
    public double MeanExtraRatings { get; init; } = 30;
}
