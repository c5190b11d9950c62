using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>Which shifted test sets are made by <see cref="ExponentialTilt"/>.</summary>
public sealed record ShiftSpec
{
    /// <summary>Strength of each test set, numbered from 0 in this order.</summary>
    [Setting("strengths of the shift, one test set each, numbered from 0", Min = -10, Max = 10)]
    public IReadOnlyList<double> Betas { get; init; } = [-2, -1, 0, 1, 2];

    /// <summary>Along what test users are shifted.</summary>
    [Setting("users are shifted towards: niche taste, activity, positiveRate, or none")]
    public UserScore UserScore { get; init; } = UserScore.Niche;

    /// <summary>Along what query interactions are shifted.</summary>
    [Setting("query interactions are shifted towards: tail items, recency, or none")]
    public InteractionScore InteractionScore { get; init; } = InteractionScore.Tail;

    /// <summary>Share of the eligible test users in each draw.</summary>
    [Setting("share of the eligible test users in each draw", Min = 0.01, Max = 1)]
    public double TestUserShare { get; init; } = 0.4;

    /// <summary>Longest query of a drawn test task.</summary>
    [Setting("longest query of a test task", Min = 1, Max = 100_000)]
    public int TestQueryLength { get; init; } = 20;

    /// <summary>Largest share of a user's pool that a drawn query takes: 1 leaves interactions nothing to shift by.</summary>
    [Setting(
        "largest share of a user's pool that a drawn query takes (1 leaves nothing to shift)",
        Min = 0.01,
        Max = 1
    )]
    public double TestPoolShare { get; init; } = 0.5;

    /// <summary>Independent draws per test set; a user's metrics are averaged over the draws it is in.</summary>
    [Setting("independent draws per test set (a user's metrics are averaged over them)", Min = 1, Max = 1000)]
    public int ShiftDraws { get; init; } = 5;
}
