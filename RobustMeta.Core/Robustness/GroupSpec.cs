using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>Groups of users that share a weight; used with <see cref="UserIndex.Group"/>.</summary>
public sealed record GroupSpec : ISpec
{
    /// <summary>What groups are made by.</summary>
    [Setting("what groups of users are made by: activity, popularity, cluster, feature (see groupFeature)")]
    public Grouping Groups { get; init; } = Grouping.Activity;

    /// <summary>Number of groups; a feature has as many as it has values.</summary>
    [Setting("number of groups (of activity, popularity, cluster)", Min = 2, Max = 10_000)]
    public int GroupCount { get; init; } = 3;

    /// <summary>The feature of <see cref="Grouping.Feature"/>.</summary>
    [Setting("user feature that makes the groups, when groups is feature")]
    public string GroupFeature { get; init; } = "";

    /// <summary>C of Group DRO's adjustment C/√n_g for small groups.</summary>
    [Setting("C of the adjustment C/sqrt(users of the group) of group losses", Min = 0, Max = 1000)]
    public double GroupAdjustment { get; init; }

    /// <summary>λ of TDRO: fraction of the shifting factor, beside the group's loss, in what its weight ascends with.</summary>
    [Setting(
        "fraction of the shifting trend in what group weights ascend with: how far a group's gradient serves later periods (TDRO)",
        Min = 0,
        Max = 1
    )]
    public double Trend { get; init; }

    /// <summary>E of TDRO: equally many users in each period, by the time of the first rating.</summary>
    [Setting(
        "number of periods that users are divided into by their first rating (TDRO); one where ratings have no times",
        Min = 1,
        Max = 1000
    )]
    public int Periods { get; init; } = 3;

    /// <summary>p of TDRO: the importance of period e is ∝ exp(p e).</summary>
    [Setting("p of the periods' importances exp(p e): how much more later periods count (TDRO)", Min = 0, Max = 20)]
    public double PeriodGrowth { get; init; } = 0.2;
}
