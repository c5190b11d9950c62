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

    /// <summary>Refuses settings that name a feature or a cluster where nothing is drawn along one.</summary>
    /// <param name="ofInteractions">The properties of interactions that the protocol draws along.</param>
    /// <exception cref="SettingException">A setting has no effect; the message says what it would need.</exception>
    private protected void RequireUse(params IReadOnlyList<InteractionShiftProperty> ofInteractions)
    {
        var none = ShiftPropertyDetails.None;
        var isCluster =
            UserShift == UserShiftProperty.Cluster || ofInteractions.Contains(InteractionShiftProperty.Cluster);
        var isFeature =
            UserShift == UserShiftProperty.Feature || ofInteractions.Contains(InteractionShiftProperty.Feature);
        Require("shiftFeature", isFeature || ShiftFeature == none.Feature, "feature");
        Require("shiftCluster", isCluster || ShiftCluster == none.Cluster, "cluster");
        Require("shiftClusters", isCluster || ShiftClusters == none.Clusters, "cluster");

        void Require(string key, bool isUsed, string property)
        {
            if (!isUsed)
            {
                throw new SettingException(
                    $"{key} has no effect with userShift {SettingValue.Print(UserShift)} and interactionShift "
                        + $"{SettingValue.Print(InteractionShift)}: leave it out, or set one of these to {property}."
                );
            }
        }
    }

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
