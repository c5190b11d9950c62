using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RobustMeta.Data;
using RobustMeta.Engine;
using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Models.Baselines;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>Everything that determines a result. Immutable; equal texts give equal bytes of results.</summary>
public sealed record ExperimentSpec
{
    /// <summary>Key of the model's name in spec files.</summary>
    public const string ModelKey = "model";

    private const string AutoMethod = "auto";
    private const string EmbeddingScaleKey = "embeddingScale";

    /// <summary>Name of the data set in the catalog, or <c>synthetic</c>.</summary>
    [Setting("data set: a name of the catalog, or synthetic")]
    public string Dataset { get; init; } = SyntheticRatings.Name;

    /// <summary>Master seed of splits, test sets, initial values and orders; every stream is derived by name.</summary>
    [Setting("master seed of splits, test sets, initial values and orders")]
    public long Seed { get; init; } = 1128;

    /// <summary>Name of the method in results; <c>auto</c> makes it of the model and the levels.</summary>
    [Setting("name of the method in results; auto: the model and the levels at which it is robust")]
    public string Method { get; init; } = AutoMethod;

    /// <summary>The model and its hyper-parameters.</summary>
    public ModelSpec Model { get; init; } = new MeLUSpec();

    /// <summary>What the model sees.</summary>
    public FeatureSpec Features { get; init; } = new();

    /// <summary>How ratings become tasks.</summary>
    public TaskSplitSpec Split { get; init; } = new();

    /// <summary>The shifted test sets.</summary>
    [Setting("how test sets are shifted; the settings of the protocol stand beside this one")]
    public ShiftProtocol Shift { get; init; } = new ExponentialTilt();

    /// <summary>Robust reweighting.</summary>
    public ReweighterSpec Robustness { get; init; } = new();

    /// <summary>The outer loop.</summary>
    public TrainerSpec Training { get; init; } = new();

    /// <summary>How losses and meta-gradients are computed.</summary>
    public EngineSpec Engine { get; init; } = new();

    /// <summary>What is measured.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>Name of the method in results: as given, or the model and the levels at which it is robust.</summary>
    public string MethodName =>
        Method != AutoMethod ? Method
        : Robustness.Levels == WeightLevels.None ? Model.ModelName
        : $"{Model.ModelName}+{Robustness.Levels}";

    /// <summary>All settings with their values, the model's name first: the text that spec files hold.</summary>
    public string Text => TextOf(Settings());

    /// <summary>Short hash of the text; names the run's folder.</summary>
    public string Hash => HashOf(Settings());

    /// <summary>
    /// The settings of the data side, all that <see cref="PreparedExperiment"/> looks at. How embeddings start is none of
    /// them: models with starts of their own are trained on the same tasks.
    /// </summary>
    public IReadOnlyList<(string Key, string Value)> DataSettings =>
        [
            ("dataset", Dataset),
            ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
            ("shift", Shift.Name),
            .. new object[] { Features, Split, Shift, Evaluation }.SelectMany(part =>
                SettingList
                    .Of(part)
                    .Where(setting => setting.Key != EmbeddingScaleKey)
                    .Select(setting => (setting.Key, setting.Print(part)))
            ),
        ];

    /// <summary>Short hash of the data settings: specs with the same one share tasks, test sets and baselines.</summary>
    public string DataHash => HashOf(DataSettings);

    /// <summary>The defaults for a model, some of which are the model's own, with some settings changed.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="settings">Keys and values, as text.</param>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public static ExperimentSpec Of(string model, params (string Key, string Value)[] settings)
    {
        var kind = ModelSpec.Named(model);
        var defaults = new ExperimentSpec
        {
            Model = kind,
            Features = new() { EmbeddingScale = kind.DefaultEmbeddingScale },
            Training = new() { Bucketed = kind.IsPadded },
        };
        return defaults.With(settings);
    }

    /// <summary>A copy with some settings changed, e.g. <c>spec.With(("lr", "0.05"), ("levels", "none"))</c>.</summary>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public ExperimentSpec With(params (string Key, string Value)[] settings)
    {
        var changed = SettingList.With(this, settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        changed.RequireValid();
        return changed;
    }

    // Texts with a grammar of their own fail here, not after an hour of training.
    private void RequireValid()
    {
        Robustness.RequireValid();
        if (Robustness.References.ReferenceModel is not ReferenceSpec.SameModel and var reference)
        {
            ModelSpec.Named(reference);
        }
        foreach (var baseline in Evaluation.Baselines)
        {
            BaselineSpec.Named(baseline);
        }
        if (Method.AsSpan().ContainsAny(",\"\r\n/\\") || Method.Length == 0)
        {
            throw new SettingException(
                $"method is '{Method}'; expected a name without commas, quotes, slashes and line breaks"
            );
        }
        CandidateRule.Parse(Evaluation.Candidates);
        Evaluation.MetricsFor(Split.Label);
        Evaluation.SelectionFor(Split.Label);
    }

    private ImmutableArray<(string Key, string Value)> Settings() =>
        [(ModelKey, Model.ModelName), .. SettingList.Of(this).Select(s => (s.Key, s.Print(this)))];

    private static string TextOf(IEnumerable<(string Key, string Value)> settings) =>
        string.Concat(settings.Select(s => $"{s.Key} = {TomlText.Quote(s.Value)}\n"));

    private static string HashOf(IEnumerable<(string Key, string Value)> settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TextOf(settings))))[..12];
}
