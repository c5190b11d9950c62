using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>
/// A <see cref="WeightedDraw"/> along standardised properties of users and interactions (<see cref="ShiftProperties"/>).
/// </summary>
public abstract class TiltedDraw : WeightedDraw
{
    /// <summary>Along what test users are shifted.</summary>
    [Setting(
        "users are shifted towards: niche taste, activity, positiveRate, high rating, the feature, the cluster, hardness, or none"
    )]
    public UserShiftProperty UserShift { get; init; } = UserShiftProperty.Niche;

    /// <summary>Along what query interactions are shifted.</summary>
    [Setting(
        "query interactions are shifted towards: tail items, recency, high rating, the feature, the cluster, hardness, or none"
    )]
    public InteractionShiftProperty InteractionShift { get; init; } = InteractionShiftProperty.Tail;

    /// <summary>The feature that <c>feature</c> means, as <c>feature=token</c> of items, e.g. <c>genre=Horror</c>; or <c>none</c>.</summary>
    [Setting(
        "what feature means in userShift and interactionShift: feature=token of items, e.g. genre=Horror, or none"
    )]
    public string ShiftFeature { get; init; } = FeatureGroup.None;

    /// <summary>The cluster that <c>cluster</c> means, by size: 0 is the largest.</summary>
    [Setting(
        "what cluster means in userShift and interactionShift: its number by size, 0 the largest",
        Min = 0,
        Max = 99
    )]
    public int ShiftCluster { get; init; }

    /// <summary>Number of clusters of items by who rated them, and of users by the items of their supports.</summary>
    [Setting(
        "number of clusters, of items by who rated them and of users by the items of their supports",
        Min = 2,
        Max = 100
    )]
    public int ShiftClusters { get; init; } = 8;

    /// <summary>Properties fitted to the meta-training tasks.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="ofInteractions">Which property of interactions.</param>
    private protected ShiftProperties Properties(ShiftInput input, InteractionShiftProperty ofInteractions) =>
        new(
            input.Source,
            input.Split.MetaTrain,
            UserShift,
            ofInteractions,
            new(ShiftFeature, ShiftCluster, ShiftClusters, input.Seed)
        );
}
