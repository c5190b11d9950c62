using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Groups that a feature defines are drawn more or less readily: users of a group exp(β) times as readily as others, and
/// interactions with items of a group likewise (subpopulation shift).
/// </summary>
public sealed class FeatureGroups : WeightedDraw
{
    /// <inheritdoc/>
    public override string Name => "featureGroups";

    /// <inheritdoc/>
    public override string Meaning =>
        "users (items) with a feature token are drawn exp(β) times as readily, e.g. userGroup gender=F";

    /// <inheritdoc/>
    public override string AxisName => "logOdds";

    /// <summary>Logarithms of the odds β, one test set each.</summary>
    [Setting("log odds of drawing a member of the group rather than another, one test set each", Min = -10, Max = 10)]
    public IReadOnlyList<double> LogOdds { get; init; } = [-2, -1, 0, 1, 2];

    /// <summary>The group of users, as <c>feature=token</c>, or <c>none</c>.</summary>
    [Setting("the group of users, as feature=token, or none")]
    public string UserGroup { get; init; } = FeatureGroup.None;

    /// <summary>The group of items, as <c>feature=token</c>, or <c>none</c>.</summary>
    [Setting("the group of items, as feature=token, or none")]
    public string ItemGroup { get; init; } = FeatureGroup.None;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => LogOdds;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        if (UserGroup == FeatureGroup.None && ItemGroup == FeatureGroup.None)
        {
            throw new SettingException(
                "shift featureGroups needs a group: set userGroup or itemGroup to feature=token, e.g. userGroup gender=F."
            );
        }
        var ratings = input.Source.Ratings;
        return new ByGroup(
            ratings.ItemIndex,
            FeatureGroup.Members(ratings.UserFeatures, "userGroup", UserGroup),
            FeatureGroup.Members(ratings.ItemFeatures, "itemGroup", ItemGroup)
        );
    }

    private sealed class ByGroup(ImmutableArray<int> itemOf, double[] users, double[] items) : IDrawWeights
    {
        public DrawWeights Users(ImmutableArray<UserTask> tasks, double coordinate) =>
            DrawWeights.Tilted([.. tasks.Select(task => users[task.User])], coordinate);

        public DrawWeights Interactions(ImmutableArray<int> pool, double coordinate) =>
            DrawWeights.Tilted([.. pool.Select(row => items[itemOf[row]])], coordinate);
    }
}
