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
        var step = spec.StepOver(set);
        return spec.UserIndex switch
        {
            UserIndex.Network => new NetworkUsers(
                UserStatistics.Of(train, ItemPopularity.Of(train, items)),
                spec.TaskWeightLr,
                seed
            ),
            UserIndex.Group when groups.IsDefaultOrEmpty => throw new SettingException(
                "userIndex group needs the groups of the training users, and none are given."
            ),
            UserIndex.Group => new GroupUsers(
                groups,
                response,
                step,
                spec.TaskWeightLr,
                spec.LossAverage,
                spec.Grouping.GroupAdjustment
            ),
            _ when step is null && spec.Timing == AscentTiming.Batch => new ResponsiveUsers(response),
            _ => new LearnedUsers(weights.Users, response, step, spec.TaskWeightLr, spec.Timing),
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
        var step = spec.StepOver(set);
        return (spec.InteractionRule, spec.InteractionIndex) switch
        {
            (InteractionRule.InversePropensity, _) => new PropensityInteractions(
                ItemPopularity.Of(train, items),
                spec.PropensityPower
            ),
            (InteractionRule.Focal, _) => new FocalInteractions(spec.FocalGamma),
            (_, InteractionIndex.Item) when step is null => new ItemResponsiveInteractions(
                response,
                new(items, spec.References.ReferenceHorizon)
            ),
            (_, InteractionIndex.Item) => new ItemInteractions(items, step, spec.SampleWeightLr),
            _ when step is null && spec.Timing == AscentTiming.Batch => new ResponsiveInteractions(response),
            _ => new LearnedInteractions(
                weights.Interactions,
                weights.Offsets,
                response,
                step,
                spec.SampleWeightLr,
                spec.Timing
            ),
        };
    }

    public static SupportAdversary? Support(ReweighterSpec spec, TaskBatch train)
    {
        if (!spec.ActsOnSupport)
        {
            return null;
        }
        var lengths = Enumerable.Range(0, train.Count).Select(train.SupportLength).ToList();
        return new(new(lengths), spec.StepOver(spec.InteractionAmbiguity())!, spec.SampleWeightLr);
    }
}
