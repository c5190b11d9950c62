using RobustMeta.Bias;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;

namespace RobustMeta.Experiments;

/// <summary>
/// Names that methods get in results where none is given: the model, <c>-offset</c> on the bias offset, and how it is made
/// robust: <c>MeLU</c>, <c>MeLU-offset+robustmeta</c>, <c>MeLU+user chi2 0.3</c>.
/// </summary>
internal static class GeneratedName
{
    private const string OffsetEnd = "-offset";

    /// <summary>The name of a meta-recommender.</summary>
    public static string Of(MetaMethodSpec method)
    {
        var offset = method.Model.Offset == OffsetKind.None ? "" : OffsetEnd;
        return $"{method.Model.ModelName}{offset}{(Robust(method) is { } robust ? $"+{robust}" : "")}";
    }

    /// <summary>
    /// Whether a name says what is trained as a generated one does: it is that of a model or baseline, or such a name followed
    /// by a preset or settings of robustness.
    /// </summary>
    private static bool IsOne(string name)
    {
        var (model, robust) = name.Split('+', 2) is [var first, var second] ? (first, second) : (name, null);
        model = model.EndsWith(OffsetEnd, StringComparison.OrdinalIgnoreCase) ? model[..^OffsetEnd.Length] : model;
        return Methods.Names.Contains(model, StringComparer.OrdinalIgnoreCase) && (robust is null || IsRobust(robust));
    }

    /// <summary>
    /// Whether a method may go by a name: one of its own, or the generated one, with or without saying that it is on the offset.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="own">The method's generated name.</param>
    public static bool Fits(string name, string own) =>
        name == own || name == own.Replace(OffsetEnd, "", StringComparison.Ordinal) || !IsOne(name);

    private static bool IsRobust(string name)
    {
        string[] firstWords = ["user", "interaction", "distill", .. AmbiguitySet.Names.Select(FirstWord)];
        return RobustPreset.Registry.All.ContainsKey(name)
            || firstWords.Contains(FirstWord(name), StringComparer.OrdinalIgnoreCase);
    }

    private static string FirstWord(string text) => text.Split(' ', 2)[0];

    // null for plain training.
    private static string? Robust(MetaMethodSpec method)
    {
        var robustness = method.Robustness;
        if (robustness.Levels == WeightLevels.None)
        {
            return method.Preset is { } preset
                ? preset.IsPlain
                    ? null
                    : preset.Name
                : $"distill {Print(robustness, "distill")} {Print(robustness, "reference")}";
        }
        return method.Preset?.Name ?? string.Join(' ', Own(robustness));
    }

    // The name of settings without a preset: the level where only one is reweighted, the sets, and each setting that is not the default.
    private static IEnumerable<string> Own(ReweighterSpec spec)
    {
        if (spec.Levels != WeightLevels.Both)
        {
            yield return Print(spec, "levels");
        }
        var (users, interactions) = (spec.UserAmbiguity().Name, spec.InteractionAmbiguity().Name);
        yield return spec.Levels == WeightLevels.User || (users == interactions && spec.HasInteractionAdversary) ? users
        : spec.Levels == WeightLevels.Interaction
            ? spec.HasInteractionAdversary ? interactions
                : Print(spec, "interactionRule")
        : spec.HasInteractionAdversary ? $"{users} and {interactions}"
        : $"{users} and {Print(spec, "interactionRule")}";
        var defaults = new ReweighterSpec { Ascent = AscentRule.BestResponse };
        foreach (var key in new[] { "ascent", "timing", "weightsAct", "userIndex", "interactionIndex" })
        {
            if (Print(spec, key) != Print(defaults, key))
            {
                yield return Print(spec, key);
            }
        }
        if (spec.References.Reference is not NoReferenceKind)
        {
            yield return $"over {Print(spec, "reference")}";
        }
        if (spec.References.Distill > 0)
        {
            yield return $"distill {Print(spec, "distill")}";
        }
        if (spec.DoroTrim > 0)
        {
            yield return $"doroTrim {Print(spec, "doroTrim")}";
        }
        if (spec.Population.Count > 0)
        {
            yield return "population";
        }
    }

    private static string Print(ReweighterSpec spec, string key) =>
        SettingList.Of(spec).First(setting => setting.Key == key).Print(spec);
}
