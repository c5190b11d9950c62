using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>A meta-recommender as a method: its model, its inputs, and how it is trained.</summary>
/// <param name="model">The model and its hyper-parameters.</param>
/// <example>
/// In F#: <c>MetaMethodSpec(MeLUSpec(HiddenDim1 = 64), Robustness = ReweighterSpec(Levels = WeightLevels.None))</c>.
/// </example>
public sealed class MetaMethodSpec(ModelSpec model) : MethodSpec
{
    /// <inheritdoc/>
    public override string Name => Model.ModelName;

    /// <summary>The model and its hyper-parameters.</summary>
    public ModelSpec Model { get; init; } = model ?? throw new ArgumentNullException(nameof(model));

    /// <summary>The inputs of the model; the scale of embeddings is the model's own unless given.</summary>
    public FeatureSpec Features { get; init; } = new() { EmbeddingScale = model.DefaultEmbeddingScale };

    /// <summary>Robust reweighting; the default is the reading of the paper.</summary>
    public ReweighterSpec Robustness { get; init; } = new();

    /// <summary>The outer loop; batches are bucketed where the model is padded, unless given.</summary>
    public TrainerSpec Training { get; init; } = new() { Bucketed = model.IsPadded };

    /// <summary>How losses and meta-gradients are computed.</summary>
    public EngineSpec Engine { get; init; } = new();

    /// <summary>
    /// The model, <c>-offset</c> where it predicts on top of the bias model, and the robust method that the settings make:
    /// the preset all of whose settings hold, the one that departs from the defaults in most settings if several do, or else the
    /// settings that say what it is, e.g. <c>MeLU+user chi2 0.3</c>.
    /// </summary>
    public override string DisplayName => GeneratedName.Of(this);

    /// <summary>The preset that the settings of robustness amount to; null where there is none.</summary>
    public RobustPreset? Preset => PresetMatch.Of(Robustness);

    /// <inheritdoc/>
    public override string Meaning =>
        Preset is { } preset
            ? $"{Model.ModelName}, preset {preset.Name}: {preset.Meaning}"
            : $"{Model.ModelName}, robust training with settings of its own: levels {SettingText("levels")}, "
                + $"set {SettingText("set")}, ascent {SettingText("ascent")}, reference {SettingText("reference")}";

    private string SettingText(string key) =>
        SettingList.Of(Robustness).First(setting => setting.Key == key).Print(Robustness);

    /// <inheritdoc/>
    public override void RequireValid()
    {
        Robustness.RequireValid();
        if (Robustness.References.ReferenceModel is not ReferenceSpec.SameModel and var reference)
        {
            Methods.Named(reference);
        }
    }

    /// <summary>The same model without an adversary and without a reference.</summary>
    public MetaMethodSpec Plain() => With(new ReweighterSpec { Levels = WeightLevels.None });

    /// <summary>The same model trained with other robustness.</summary>
    internal MetaMethodSpec With(ReweighterSpec robustness) =>
        new(Model)
        {
            Features = Features,
            Training = Training,
            Engine = Engine,
            Robustness = robustness,
        };

    /// <summary>The same model trained by a named robust method.</summary>
    /// <param name="preset">The robust method, e.g. <c>robustmeta</c>.</param>
    public MetaMethodSpec Robust(string preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return With(
            SettingList.With(
                new ReweighterSpec(),
                RobustPreset.Named(preset).Settings.Select(s => KeyValuePair.Create(s.Key, s.Value))
            )
        );
    }

    /// <summary>The same model trained against the worst case of an ambiguity set, by exact best response.</summary>
    /// <param name="set">The set, e.g. <c>new ChiSquareBallSet(0.25)</c>.</param>
    /// <param name="levels">Levels at which training is robust.</param>
    /// <param name="reference">What losses are measured against; null is nothing, the losses themselves.</param>
    public MetaMethodSpec Robust(
        AmbiguitySet set,
        WeightLevels levels = WeightLevels.Both,
        ReferenceKind? reference = null
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        return With(
            new ReweighterSpec
            {
                Set = set.Name,
                Levels = levels,
                Ascent = AscentRule.BestResponse,
                References = new() { Reference = reference ?? new NoReferenceKind() },
            }
        );
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context is no <see cref="ExperimentFit"/>.</exception>
    /// <exception cref="DivergenceException">Training diverged.</exception>
    public override IPredictor Fit(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return MetaTraining.Fit(this, ExperimentFit.Of(context));
    }
}
