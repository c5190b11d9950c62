using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>Makes the adversary of each level that a spec asks for.</summary>
internal static class AdversaryFactory
{
    public static IUserAdversary Users(
        ReweighterSpec spec,
        TaskBatch train,
        HierarchicalWeights weights,
        ImmutableArray<int> groups,
        ImmutableArray<int> periods,
        int items,
        long seed
    )
    {
        if (!spec.Levels.HasFlag(WeightLevels.User))
        {
            return new UniformUsers();
        }
        var set = spec.UserAmbiguity();
        var response = new SetResponse(set, spec.DoroTrim);
        var ascent = new WeightAscent(response, spec.StepOver(set), spec.TaskWeightLr);
        return spec.UserIndex switch
        {
            UserIndex.Network => new NetworkUsers(
                UserStatistics.Of(train, ItemPopularity.Of(train, items)),
                spec.TaskWeightLr,
                seed
            ),
            UserIndex.Flow => new FlowUsers(
                UserStatistics.Of(train, ItemPopularity.Of(train, items)),
                spec.TaskWeightLr,
                seed
            ),
            UserIndex.Group when groups.IsDefaultOrEmpty => throw new SettingException(
                "userIndex group needs the groups of the training users, and none are given."
            ),
            UserIndex.Group when spec.Grouping.Trend > 0 && periods.IsDefaultOrEmpty => throw new SettingException(
                "trend needs the periods of the training users, and none are given."
            ),
            UserIndex.Group => new GroupUsers(groups, ascent, spec.LossAverage, spec.Grouping.GroupAdjustment)
            {
                Trend = spec.Grouping.Trend > 0 ? new(groups, periods, spec.Grouping.PeriodGrowth) : null,
                TrendFraction = spec.Grouping.Trend,
            },
            _ when RespondsToBatches(spec) => new ResponsiveUsers(response),
            _ => new LearnedUsers(weights.Users, ascent, spec.Timing),
        };
    }

    public static IInteractionAdversary Interactions(
        ReweighterSpec spec,
        TaskBatch train,
        HierarchicalWeights weights,
        int items
    )
    {
        if (!spec.Levels.HasFlag(WeightLevels.Interaction) || !spec.ActsOnQuery)
        {
            return new UniformInteractions();
        }
        var set = spec.InteractionAmbiguity();
        var response = new SetResponse(set, spec.DoroTrim);
        var ascent = new WeightAscent(response, spec.StepOver(set), spec.SampleWeightLr);
        return (spec.InteractionRule, spec.InteractionIndex) switch
        {
            (InteractionRule.InversePropensity, _) => new PropensityInteractions(
                ItemPopularity.Of(train, items),
                spec.PropensityPower
            ),
            (InteractionRule.Focal, _) => new FocalInteractions(spec.FocalGamma),
            (_, InteractionIndex.Item) when RespondsToBatches(spec) => new ItemResponsiveInteractions(
                response,
                new(items, spec.References.ReferenceHorizon)
            ),
            (_, InteractionIndex.Item) => new ItemInteractions(items, ascent),
            _ when RespondsToBatches(spec) => new ResponsiveInteractions(response),
            _ => new LearnedInteractions(weights.Interactions, weights.Starts, ascent, spec.Timing),
        };
    }

    public static SupportAdversary? Support(ReweighterSpec spec, TaskBatch train)
    {
        if (!spec.ActsOnSupport)
        {
            return null;
        }
        var lengths = Enumerable.Range(0, train.Count).Select(train.SupportLength).ToList();
        var set = spec.InteractionAmbiguity();
        return new(new(lengths), new(new SetResponse(set, 0), spec.StepOver(set), spec.SampleWeightLr));
    }

    // Shared weights need timing batch, so that this is the response of items, too.
    private static bool RespondsToBatches(ReweighterSpec spec) =>
        spec.Ascent == AscentRule.BestResponse && spec.Timing == AscentTiming.Batch;
}
