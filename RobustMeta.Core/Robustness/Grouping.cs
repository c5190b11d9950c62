namespace RobustMeta.Robustness;

/// <summary>What groups of users are made by.</summary>
public enum Grouping
{
    /// <summary>Number of ratings: equally large groups from few to many.</summary>
    Activity,

    /// <summary>Mean log popularity of the rated items: equally large groups from niche to mainstream.</summary>
    Popularity,

    /// <summary>Clusters (k-means) of activity, popularity and mean and spread of the support labels.</summary>
    Cluster,

    /// <summary>A token feature of the users.</summary>
    Feature,
}
