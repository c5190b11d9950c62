using System.Security.Cryptography;
using System.Text;
using RobustMeta.Data;
using RobustMeta.Models.Baselines;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// Everything that determines the result of a baseline: as <see cref="ExperimentSpec"/>, without what only trained models
/// have. Immutable; equal texts give equal bytes of results.
/// </summary>
public sealed record BaselineRunSpec
{
    private const string AutoMethod = "auto";

    /// <summary>Name of the data set in the catalog, or <c>synthetic</c>.</summary>
    [Setting("data set: a name of the catalog, or synthetic")]
    public string Dataset { get; init; } = SyntheticRatings.Name;

    /// <summary>Master seed, as of <see cref="ExperimentSpec.Seed"/>: the same seed gives the same splits.</summary>
    [Setting("master seed of splits, test sets and initial values")]
    public long Seed { get; init; } = new ExperimentSpec().Seed;

    /// <summary>Name of the method in results; <c>auto</c> is the baseline's.</summary>
    [Setting("name of the method in results; auto: the baseline's")]
    public string Method { get; init; } = AutoMethod;

    /// <summary>The baseline and its hyper-parameters.</summary>
    public BaselineSpec Baseline { get; init; } = new BiasSpec();

    /// <summary>How ratings become tasks.</summary>
    public TaskSplitSpec Split { get; init; } = new();

    /// <summary>The shifted test sets.</summary>
    [Setting("how test sets are shifted; the settings of the protocol stand beside this one")]
    public ShiftProtocol Shift { get; init; } = new ExponentialTilt();

    /// <summary>What is measured.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>Name of the method in results.</summary>
    public string MethodName => Method == AutoMethod ? Baseline.BaselineName : Method;

    /// <summary>All settings with their values, the baseline's name first: the text that spec files hold.</summary>
    public string Text =>
        string.Concat(
            SettingList
                .Of(this)
                .Select(s => (s.Key, Value: s.Print(this)))
                .Prepend((Key: ExperimentSpec.ModelKey, Value: Baseline.BaselineName))
                .Select(s => $"{s.Key} = {TomlText.Quote(s.Value)}\n")
        );

    /// <summary>Short hash of the text; names the run's folder.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..12];

    /// <summary>The data side, as an experiment that a <see cref="PreparedExperiment"/> is made of.</summary>
    public ExperimentSpec Data =>
        new()
        {
            Dataset = Dataset,
            Seed = Seed,
            Split = Split,
            Shift = Shift,
            Evaluation = Evaluation,
        };

    /// <summary>The defaults for a baseline, with some settings changed.</summary>
    /// <param name="baseline">Name of the baseline.</param>
    /// <param name="settings">Keys and values, as text.</param>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public static BaselineRunSpec Of(string baseline, params (string Key, string Value)[] settings) =>
        new BaselineRunSpec { Baseline = BaselineSpec.Named(baseline) }.With(settings);

    /// <summary>A copy with some settings changed.</summary>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public BaselineRunSpec With(params (string Key, string Value)[] settings)
    {
        var changed = SettingList.With(this, settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        // What the experiment of the data requires: names of metrics, candidates and baselines, and of the method.
        _ = (changed.Data with { Method = changed.Method }).With();
        return changed;
    }
}
