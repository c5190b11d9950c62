using RobustMeta.Robustness.References;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>
/// Settings of a <see cref="ReweighterSpec"/> that differ from their defaults and cannot act beside the others, with what
/// they would need: the one place that says of each setting where it acts.
/// </summary>
internal static class IdleSettings
{
    private static readonly ReweighterSpec Defaults = new();

    /// <summary>Keys and messages of the settings that have no effect, in order of declaration.</summary>
    public static IEnumerable<(string Key, string Message)> Of(ReweighterSpec spec)
    {
        var needs = new Dictionary<string, string?>();
        foreach (var (key, need) in Sets(spec).Concat(Steps(spec)).Concat(Sharing(spec)).Concat(References(spec)))
        {
            // Where there is no adversary nothing else needs to be said.
            needs[key] =
                spec.Levels == WeightLevels.None && need is not null
                    ? "levels none, where there is no adversary: leave it out, or choose levels user, interaction or both."
                    : need;
        }
        return SettingList
            .Of(spec)
            .Where(setting =>
                needs.GetValueOrDefault(setting.Key) is not null && setting.Print(spec) != setting.Print(Defaults)
            )
            .Select(setting => (setting.Key, $"{setting.Key} has no effect with {needs[setting.Key]}"));
    }

    /// <summary>A spec in which settings that cannot act are back at their defaults.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="given">Keys that the user gave: such a one is not put back, but refused.</param>
    /// <exception cref="SettingException">A given setting has no effect; the message says what it would need.</exception>
    public static ReweighterSpec Without(ReweighterSpec spec, IReadOnlySet<string> given)
    {
        var idle = Of(spec).ToList();
        if (idle.FirstOrDefault(setting => given.Contains(setting.Key)) is { Message: { } message })
        {
            throw new SettingException(message);
        }
        var defaults = SettingList
            .Of(Defaults)
            .ToDictionary(setting => setting.Key, setting => setting.Print(Defaults));
        // What goes back may have been the only thing that another setting acted with.
        for (; idle.Count > 0; idle = [.. Of(spec)])
        {
            spec = SettingList.With(spec, idle.Select(s => KeyValuePair.Create(s.Key, defaults[s.Key])));
        }
        return spec;
    }

    private const string NoSet = "these levels and rules: no weights are sought in a set.";

    private static bool SeeksUsersInSet(ReweighterSpec spec) => spec.HasUserAdversary && !spec.HasUserFunction;

    // Whether weights are stored for each user, or for each interaction of the query.
    private static bool StoresWeights(ReweighterSpec spec) =>
        (SeeksUsersInSet(spec) && spec.UserIndex == UserIndex.User)
        || (spec.HasInteractionAdversary && spec.InteractionIndex == InteractionIndex.Pair && spec.ActsOnQuery);

    // Keys, and what stands in their way; null where they act.
    private static IEnumerable<(string Key, string? Need)> Sets(ReweighterSpec spec)
    {
        var users = SeeksUsersInSet(spec);
        var interactions = spec.HasInteractionAdversary;
        yield return (
            "set",
            (users && spec.UserSet == ReweighterSpec.SameSet)
            || (interactions && spec.InteractionSet == ReweighterSpec.SameSet)
                ? null
            : users || interactions ? "userSet and interactionSet in its place: give one of these up, or leave it out."
            : NoSet
        );
        yield return (
            "userSet",
            users ? null
            : spec.HasUserFunction ? $"userIndex {Text(spec.UserIndex)}, whose weights are in no set."
            : Level(spec, "user")
        );
        yield return ("interactionSet", interactions ? null : InteractionNeed(spec));
        yield return ("ascent", users || interactions ? null : NoSet);
        yield return ("doroTrim", users || interactions ? null : NoSet);
        yield return (
            "timing",
            StoresWeights(spec) ? null : "weights that are not stored for each user or interaction."
        );
    }

    private static IEnumerable<(string Key, string? Need)> Steps(ReweighterSpec spec)
    {
        const string NoStep =
            "ascent bestResponse: it is the step of projectedGradient, exponentiatedGradient and softmaxLogits ascent; "
            + "leave it out, or choose one of these.";
        var (users, interactions) = (spec.HasUserAdversary, spec.HasInteractionAdversary);
        var steps = spec.Ascent != AscentRule.BestResponse;
        var ascends =
            spec.HasUserFunction
            || (users && spec.UserIndex == UserIndex.Group)
            || (interactions && spec.ActsOnQuery && spec.InteractionIndex == InteractionIndex.Item)
            || (StoresWeights(spec) && (steps || spec.Timing == AscentTiming.Epoch));
        yield return (
            "alternating",
            ascends && !spec.HasTrend ? null
            : spec.HasTrend ? "trend: weights ascend with the batch that they weigh, before the model's step."
            : steps ? "weights that do not ascend with the losses after the model's step."
            : "ascent bestResponse: weights respond to the losses before the model's step, and do not ascend after it; "
                + "leave it out, or choose projectedGradient or exponentiatedGradient."
        );
        yield return (
            "taskWeightLr",
            !users ? Level(spec, "user")
            : spec.HasUserFunction || steps ? null
            : NoStep
        );
        yield return (
            "sampleWeightLr",
            !interactions ? InteractionNeed(spec)
            : steps ? null
            : NoStep
        );
        yield return (
            "lossAverage",
            users || (spec.WeighsInteractions && spec.InteractionRule != InteractionRule.InversePropensity)
                ? null
                : "weights that do not look at losses."
        );
    }

    private static IEnumerable<(string Key, string? Need)> Sharing(ReweighterSpec spec)
    {
        var userLevel = Level(spec, "user");
        var interactionLevel = Level(spec, "interaction");
        var groups = spec.HasUserAdversary && spec.UserIndex == UserIndex.Group;
        var support = "weightsAct support, where the adversary sets the weights: choose weightsAct query or both.";
        var noGroups = userLevel ?? (groups ? null : $"userIndex {Text(spec.UserIndex)}: groups need userIndex group.");
        var byFeature = spec.Grouping.Groups == Grouping.Feature;

        yield return ("weightsAct", interactionLevel);
        yield return ("userIndex", userLevel);
        yield return (
            "interactionIndex",
            interactionLevel
                ?? (spec.HasInteractionAdversary && spec.ActsOnQuery ? null : InteractionNeed(spec) ?? support)
        );
        yield return ("interactionRule", interactionLevel ?? (spec.ActsOnQuery ? null : support));
        yield return ("propensityPower", interactionLevel ?? RuleNeed(spec, InteractionRule.InversePropensity));
        yield return ("focalGamma", interactionLevel ?? RuleNeed(spec, InteractionRule.Focal));
        yield return ("population", spec.Levels == WeightLevels.None ? "levels none" : null);
        yield return (
            "populationCaution",
            spec.Population.Count > 1
                ? null
                : "one model: it chooses among the members of a population, of at least two sizes."
        );
        yield return ("groups", noGroups);
        yield return ("groupAdjustment", noGroups);
        yield return ("trend", noGroups);
        var noTrend =
            noGroups
            ?? (spec.Grouping.Trend > 0 ? null : "trend 0: periods are looked at by the trend alone; give trend.");
        yield return ("periods", noTrend);
        yield return ("periodGrowth", noTrend);
        yield return (
            "groupCount",
            noGroups ?? (byFeature ? "groups feature: there are as many as the feature has values." : null)
        );
        yield return (
            "groupFeature",
            noGroups ?? (byFeature ? null : "groups " + Text(spec.Grouping.Groups) + ": it needs groups feature.")
        );
    }

    private static IEnumerable<(string Key, string? Need)> References(ReweighterSpec spec)
    {
        var references = spec.References;
        var looks =
            spec.HasUserAdversary
            || (spec.WeighsInteractions && spec.InteractionRule != InteractionRule.InversePropensity);
        var fits = references.Reference is CrossFittedReference or AutoReference;
        var isUsed = looks || references.Distill > 0;
        var fold =
            !isUsed ? "weights that do not look at losses."
            : fits ? null
            : $"reference {references.Reference}: it needs reference crossfit or auto.";
        var items =
            spec.HasInteractionAdversary
            && spec.ActsOnQuery
            && spec.InteractionIndex == InteractionIndex.Item
            && spec.Ascent == AscentRule.BestResponse;

        yield return ("reference", isUsed ? null : "weights that do not look at losses.");
        yield return ("referenceModel", fold);
        yield return ("referenceFolds", fold);
        yield return (
            "referenceHorizon",
            items || references.Reference is ItemAverageKind
                ? null
                : $"reference {references.Reference}: it needs averages of items, by reference itemAverage, or by "
                    + "interactionIndex item with ascent bestResponse."
        );
        yield return (
            "userExcess",
            !spec.HasUserAdversary ? Level(spec, "user")
            : references.Reference is NoReferenceKind ? "reference none: there is nothing to subtract."
            : null
        );
    }

    // What a level's setting lacks; null where the level is there.
    private static string? Level(ReweighterSpec spec, string level) =>
        spec.Levels.HasFlag(level == "user" ? WeightLevels.User : WeightLevels.Interaction)
            ? null
            : $"levels {Text(spec.Levels)}: it needs levels {level} or both.";

    private static string? InteractionNeed(ReweighterSpec spec) =>
        Level(spec, "interaction")
        ?? (
            spec.HasInteractionAdversary
                ? null
                : $"interactionRule {Text(spec.InteractionRule)}, which sets the weights without an adversary: it needs "
                    + "interactionRule adversary."
        );

    private static string? RuleNeed(ReweighterSpec spec, InteractionRule rule) =>
        spec.InteractionRule != rule
            ? $"interactionRule {Text(spec.InteractionRule)}: it needs interactionRule {Text(rule)}."
            : null;

    private static string Text(Enum value) => SettingValue.Print(value);
}
