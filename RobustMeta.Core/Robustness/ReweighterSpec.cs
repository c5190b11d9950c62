using RobustMeta.Robustness.Adversaries;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>Robust reweighting; the defaults are the reading of the paper: simplex at both levels, slow ascent.</summary>
public sealed record ReweighterSpec : ISpec
{
    /// <summary>Stands for the set of both levels.</summary>
    public const string SameSet = "same";

    /// <summary>The levels at which training is robust.</summary>
    [Setting("levels at which training is robust: none (plain), user, interaction, both")]
    public WeightLevels Levels { get; init; } = WeightLevels.Both;

    /// <summary>Ambiguity set of both levels, as <see cref="AmbiguitySet.Parse"/> reads it.</summary>
    [Setting(
        "ambiguity set of both levels: simplex, unit-ball, uniform, or with a size: chi2 .25, kl .1, cvar .5, l2 .1"
    )]
    public string Set { get; init; } = "simplex";

    /// <summary>Ambiguity set of the user level.</summary>
    [Setting("ambiguity set of the user level, when not the same")]
    public string UserSet { get; init; } = SameSet;

    /// <summary>Ambiguity set of the interaction level.</summary>
    [Setting("ambiguity set of the interaction level, when not the same")]
    public string InteractionSet { get; init; } = SameSet;

    /// <summary>How the weights ascend.</summary>
    [Setting("how the weights ascend: gradient steps with a kind of projection, or the exact bestResponse")]
    public AscentRule Ascent { get; init; } = AscentRule.ProjectedGradient;

    /// <summary>When the weights ascend.</summary>
    [Setting("when the weights ascend: after every batch, or after every epoch")]
    public AscentTiming Timing { get; init; } = AscentTiming.Batch;

    /// <summary>Whether the weights ascend with losses evaluated anew after the model's step (at twice the cost).</summary>
    [Setting("whether the weights ascend with losses evaluated anew after the model's step")]
    public bool Alternating { get; init; }

    /// <summary>Learning rate of the user weights, in the mean-one convention.</summary>
    [Setting(
        "learning rate of the user weights (mean one)",
        Min = 0,
        Max = 1000,
        Grid = [1e-5, 1e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1],
        IsLog = true,
        When = "levels",
        WhenIs = ["user", "both"]
    )]
    public double TaskWeightLr { get; init; } = 0.01;

    /// <summary>Learning rate of the interaction weights, in the mean-one convention.</summary>
    [Setting(
        "learning rate of the interaction weights (mean one)",
        Min = 0,
        Max = 1000,
        Grid = [1e-5, 1e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1],
        IsLog = true,
        When = "levels",
        WhenIs = ["interaction", "both"]
    )]
    public double SampleWeightLr { get; init; } = 0.01;

    /// <summary>Fraction of the newest loss in the streaming averages that the weights ascend with; 1 keeps no memory.</summary>
    [Setting(
        "fraction of the newest loss in the streaming averages the weights ascend with; 1 = no memory",
        Min = 1e-6,
        Max = 1
    )]
    public double LossAverage { get; init; } = 1;

    /// <summary>Fraction of the largest losses that count as outliers and get no weight, at either level.</summary>
    [Setting("fraction of the largest losses that are taken for outliers, at either level (DORO)", Min = 0, Max = 0.9)]
    public double DoroTrim { get; init; }

    /// <summary>Where interaction weights act.</summary>
    [Setting("where interaction weights act: query, support (through the adaptation), both")]
    public WeightsAct WeightsAct { get; init; } = WeightsAct.Query;

    /// <summary>Which users share a weight.</summary>
    [Setting(
        "which users share a weight: user (none), group, network (a net from support statistics), flow (a density of these statistics)"
    )]
    public UserIndex UserIndex { get; init; } = UserIndex.User;

    /// <summary>Which interactions share a weight.</summary>
    [Setting("which interactions share a weight: pair (none), item (all with the same item)")]
    public InteractionIndex InteractionIndex { get; init; } = InteractionIndex.Pair;

    /// <summary>What sets interaction weights.</summary>
    [Setting("what sets interaction weights: adversary, inversePropensity, focal")]
    public InteractionRule InteractionRule { get; init; } = InteractionRule.Adversary;

    /// <summary>Power of the popularity in inverse propensities.</summary>
    [Setting("power of the item popularity in inverse propensities", Min = 0, Max = 10)]
    public double PropensityPower { get; init; } = 0.5;

    /// <summary>γ of the focal weights.</summary>
    [Setting("gamma of the focal weights", Min = 0, Max = 100)]
    public double FocalGamma { get; init; } = 2;

    /// <summary>Sizes of the ambiguity set for which a model is trained each; empty trains one model.</summary>
    [Setting(
        "sizes of the set, one model for each; a test user gets the one that fits the support best; none = one model",
        Min = 0,
        Max = 1e9
    )]
    public IReadOnlyList<double> Population { get; init; } = [];

    /// <summary>How much less another member's held-out loss must be than the first's, a support interaction.</summary>
    [Setting("by how much another member must beat the first in held-out loss", Min = 0, Max = 1e9)]
    public double PopulationCaution { get; init; }

    /// <summary>What the adversary's losses are measured against.</summary>
    public ReferenceSpec References { get; init; } = new();

    /// <summary>Groups of users.</summary>
    public GroupSpec Grouping { get; init; } = new();

    /// <summary>Whether interaction weights act on the query.</summary>
    internal bool ActsOnQuery => WeightsAct != WeightsAct.Support;

    /// <summary>Whether user weights are learned.</summary>
    internal bool HasUserAdversary => Levels.HasFlag(WeightLevels.User);

    /// <summary>Whether query interactions have weights, by an adversary or a rule.</summary>
    internal bool WeighsInteractions => Levels.HasFlag(WeightLevels.Interaction) && ActsOnQuery;

    /// <summary>Whether interaction weights are sought in the ambiguity set, on the query or the support.</summary>
    internal bool HasInteractionAdversary =>
        ActsOnSupport || (WeighsInteractions && InteractionRule == InteractionRule.Adversary);

    /// <summary>Whether weights of groups ascend with a trend over periods (TDRO), too.</summary>
    internal bool HasTrend => HasUserAdversary && UserIndex == UserIndex.Group && Grouping.Trend > 0;

    /// <summary>Whether a user's weight is a function of the user's support, in no set.</summary>
    internal bool HasUserFunction => HasUserAdversary && UserIndex is UserIndex.Network or UserIndex.Flow;

    /// <summary>Whether interaction weights act on the support.</summary>
    internal bool ActsOnSupport => WeightsAct != WeightsAct.Query && Levels.HasFlag(WeightLevels.Interaction);

    /// <summary>Throws where a text is no set, settings do not go together, or one cannot act beside the others.</summary>
    /// <exception cref="SettingException">The message says what would do.</exception>
    public void RequireValid()
    {
        SettingList.RequireInRange(this);
        RequireConsistent();
        foreach (var (_, message) in IdleSettings.Of(this))
        {
            throw new SettingException(message);
        }
    }

    /// <summary>Throws where a text is no set, or settings do not go together.</summary>
    /// <exception cref="SettingException">They do not; the message says what would.</exception>
    internal void RequireConsistent()
    {
        References.RequireValid();
        RequireValidPopulation();
        foreach (var set in new[] { UserAmbiguity(), InteractionAmbiguity() })
        {
            StepOver(set);
        }
        Require(DoroTrim == 0 || Ascent == AscentRule.BestResponse, "doroTrim needs ascent bestResponse.");
        Require(
            WeightsAct == WeightsAct.Query || Ascent != AscentRule.BestResponse,
            "weightsAct support or both needs an ascent by gradient steps: there is no best response in the support."
        );
        Require(
            WeightsAct == WeightsAct.Query || Timing == AscentTiming.Batch,
            "weightsAct support or both needs timing batch: the derivative is that of a batch."
        );
        Require(
            Ascent != AscentRule.SoftmaxLogits || InteractionIndex == InteractionIndex.Pair,
            "ascent softmaxLogits needs interactionIndex pair: it moves weights by the differences of their losses, and an "
                + "item's weight has the losses of other users."
        );
        Require(
            Grouping.Trend == 0 || References.Reference is NoReferenceKind,
            "trend needs reference none: it compares gradients at the scale of the losses themselves."
        );
        var isOwn = UserIndex == UserIndex.User && InteractionIndex == InteractionIndex.Pair;
        Require(
            isOwn || Timing == AscentTiming.Batch,
            "Shared weights (userIndex, interactionIndex) need timing batch."
        );
    }

    /// <summary>
    /// This spec after some settings were changed: those that cannot act any more, and were not among them, are back at their
    /// defaults, so that what a preset sets can be overridden.
    /// </summary>
    /// <param name="given">Keys of the changed settings.</param>
    /// <exception cref="SettingException">A changed setting cannot act; the message says what it would need.</exception>
    public ReweighterSpec Changed(IReadOnlySet<string> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return IdleSettings.Without(this, given);
    }

    /// <summary>The member of the population for one size: every set that has a size gets it.</summary>
    /// <param name="size">The size.</param>
    /// <exception cref="SettingException">It is no size of such a set.</exception>
    internal ReweighterSpec OfRadius(double size)
    {
        return this with
        {
            Population = [],
            PopulationCaution = 0,
            Set = Sized(Set),
            UserSet = Sized(UserSet),
            InteractionSet = Sized(InteractionSet),
        };

        string Sized(string text) =>
            text != SameSet && AmbiguitySet.Parse(text) is { Size: not null } set ? set.OfSize(size).Name : text;
    }

    private void RequireValidPopulation()
    {
        if (Population.Count == 0 || Levels == WeightLevels.None)
        {
            return;
        }
        Require(
            UserAmbiguity().Size is not null || InteractionAmbiguity().Size is not null,
            $"population gives sizes to sets, and '{Set}' has none; sets with a size: chi2, kl, cvar, l2."
        );
        Require(Population.Distinct().Count() == Population.Count, "population names a size twice.");
        foreach (var size in Population)
        {
            OfRadius(size).RequireConsistent();
        }
    }

    internal AmbiguitySet UserAmbiguity() => AmbiguitySet.Parse(UserSet == SameSet ? Set : UserSet);

    internal AmbiguitySet InteractionAmbiguity() =>
        AmbiguitySet.Parse(InteractionSet == SameSet ? Set : InteractionSet);

    /// <summary>The gradient step over a set; null under best response.</summary>
    /// <exception cref="SettingException">The rule has no step over this set.</exception>
    internal IWeightStep? StepOver(AmbiguitySet set) =>
        Ascent switch
        {
            AscentRule.BestResponse => null,
            AscentRule.ProjectedGradient => new ProjectedStep(set),
            AscentRule.ExponentiatedGradient when set is MirrorSet mirror => new ExponentiatedStep(mirror),
            AscentRule.SoftmaxLogits when set is Sets.SimplexSet => new SoftmaxStep(),
            AscentRule.ExponentiatedGradient => throw new SettingException(
                $"ascent exponentiatedGradient has no projection onto '{set}'; sets: "
                    + string.Join(
                        ", ",
                        AmbiguitySet.Registry.All.Values.OfType<MirrorSet>().Select(mirror => mirror.Keyword)
                    )
                    + "."
            ),
            _ => throw new SettingException($"ascent {Ascent} keeps to no '{set}'; softmaxLogits needs set simplex."),
        };

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SettingException(otherwise);
        }
    }
}
