using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>Everything that determines a result. Immutable; equal texts give equal bytes of results.</summary>
public sealed record ExperimentSpec : ISpec
{
    /// <summary>Key of the name of the model or baseline in spec files.</summary>
    public const string ModelKey = "model";

    private const string AutoMethod = "auto";

    /// <summary>Name of the data set in the catalog, or <c>synthetic</c>.</summary>
    [Setting("data set: a name of the catalog, or synthetic")]
    public string Dataset { get; init; } = SyntheticRatings.Name;

    /// <summary>Master seed of splits, test sets, initial values and orders; every stream is derived by name.</summary>
    [Setting("master seed of splits, test sets, initial values and orders")]
    public long Seed { get; init; } = 1128;

    /// <summary>Name of the method in results; <c>auto</c> takes <see cref="MethodSpec.DisplayName"/>.</summary>
    [Setting("name of the method in results; auto: the model or baseline, and how it is made robust", Key = "method")]
    public string Label { get; init; } = AutoMethod;

    /// <summary>The method and all its settings: a <see cref="MetaMethodSpec"/> or a baseline.</summary>
    public MethodSpec Method { get; init; } = new MetaMethodSpec(new MeLUSpec());

    /// <summary>How ratings become tasks.</summary>
    public TaskSplitSpec Split { get; init; } = new();

    /// <summary>The shifted test sets.</summary>
    [Setting("how test sets are shifted; the settings of the protocol stand beside this one")]
    public ShiftProtocol Shift { get; init; } = new ExponentialTilt();

    /// <summary>What is measured.</summary>
    public EvaluationSpec Evaluation { get; init; } = new();

    /// <summary>Name of the method in results: as given, or <see cref="MethodSpec.DisplayName"/>.</summary>
    public string MethodName => Label == AutoMethod ? Method.DisplayName : Label;

    /// <summary>The method as a meta-recommender.</summary>
    /// <exception cref="SettingException">It is a baseline.</exception>
    public MetaMethodSpec Meta =>
        Method as MetaMethodSpec
        ?? throw new SettingException($"{Method.Name} is no meta-recommender: it has no model, features or training.");

    /// <summary>All settings with their values, the model's name first: the text that spec files hold.</summary>
    public string Text => TextOf(Settings());

    /// <summary>Short hash of the text; names the run's folder.</summary>
    public string Hash => HashOf(Settings());

    /// <summary>
    /// The settings of the data side, all that <see cref="PreparedExperiment"/> looks at. What models see of the data is none
    /// of them: methods with features of their own are fitted to the same tasks.
    /// </summary>
    public IReadOnlyList<(string Key, string Value)> DataSettings =>
        [
            ("dataset", Dataset),
            ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
            ("shift", Shift.Name),
            .. new object[] { Split, Shift, Evaluation }.SelectMany(part =>
                SettingList.Of(part).Select(setting => (setting.Key, setting.Print(part)))
            ),
        ];

    /// <summary>Short hash of the data settings: specs with the same one share tasks, test sets and baselines.</summary>
    public string DataHash => HashOf(DataSettings);

    /// <summary>The defaults for a method, some of which are the model's own, with some settings changed.</summary>
    /// <param name="method">Name of a model or baseline.</param>
    /// <param name="settings">Keys and values, as text.</param>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public static ExperimentSpec Of(string method, params (string Key, string Value)[] settings)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(settings);
        return new ExperimentSpec { Method = Methods.Named(method) }.With(settings);
    }

    /// <summary>A copy with some settings changed, e.g. <c>spec.With(("lr", "0.05"), ("levels", "none"))</c>.</summary>
    /// <exception cref="SettingException">A name or value is not valid; the message names the nearest valid ones.</exception>
    public ExperimentSpec With(params (string Key, string Value)[] settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireKnownToMethod(settings);
        var changed = SettingList.With(this, settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        if (changed.Method is MetaMethodSpec meta)
        {
            var acting = meta.Robustness.Changed(settings.Select(s => s.Key).ToHashSet());
            var idle = SettingList.Of(acting).Where(s => s.Print(acting) != s.Print(meta.Robustness));
            changed = SettingList.With(changed, idle.Select(s => KeyValuePair.Create(s.Key, s.Print(acting))));
        }
        changed.RequireValid();
        return changed;
    }

    /// <summary>Why the model, as it is set, does not look at a setting, as a sentence; null where it does.</summary>
    /// <param name="key">Key of the setting.</param>
    public string? WhyWithoutEffect(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return
            Method is MetaMethodSpec meta
            && meta.Model.WithoutEffect(meta.Features, Split.Label).GetValueOrDefault(key) is { } reason
            ? $"{key} has no effect with {meta.Model.ModelName}: {reason}"
            : null;
    }

    /// <summary>Refuses settings that a user gave and that the model, as it is set, does not look at.</summary>
    /// <param name="given">Keys of the settings; one that has its default changes nothing and is no mistake.</param>
    /// <exception cref="SettingException">One has no effect; the message says what the model has in its place.</exception>
    public void RequireEffect(IEnumerable<string> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        foreach (var key in given)
        {
            if (WhyWithoutEffect(key) is { } message && Print(this) != Print(Of(Method.Name)))
            {
                throw new SettingException(message);
            }

            string Print(ExperimentSpec spec) => SettingList.Of(spec).First(setting => setting.Key == key).Print(spec);
        }
    }

    // A setting of other methods, such as localLr for TaNP, is not unknown: the message names those that have it.
    private void RequireKnownToMethod((string Key, string Value)[] settings)
    {
        var known = SettingList.Of(this).Select(setting => setting.Key).ToHashSet();
        foreach (var (key, _) in settings.Where(setting => !known.Contains(setting.Key)))
        {
            var others = Methods
                .Names.Where(name => SettingList.Of(Methods.Named(name)).Any(s => s.Key == key))
                .ToList();
            if (others.Count > 0)
            {
                throw new SettingException(
                    $"{Method.Name} has no setting '{key}'; models and baselines that have it: {string.Join(", ", others)}"
                );
            }
        }
    }

    // Texts with a grammar of their own fail here, not after an hour of training.
    internal void RequireValid()
    {
        SettingList.RequireInRange(this);
        Method.RequireValid();
        foreach (var baseline in Evaluation.Baselines)
        {
            Methods.Named(baseline);
        }
        MethodLabel.Require(Label);
        if (Label != AutoMethod && !GeneratedName.Fits(Label, Method.DisplayName))
        {
            var model = Label.Split('+')[0];
            var other = Methods.Names.FirstOrDefault(name => model.Equals(name, StringComparison.OrdinalIgnoreCase));
            throw new SettingException(
                $"method is '{Label}', the name of another method in results"
                    + (
                        other is null || other == model
                            ? ""
                            : $" ({other}: capital letters do not tell names apart, nor files on some systems)"
                    )
                    + $": what is trained here is '{Method.DisplayName}'; give a name of your own, or none"
            );
        }
        CandidateRule.Parse(Evaluation.Candidates);
        SelectionRule.Parse(Evaluation.SelectBy);
        Evaluation.MetricsFor(Split.Label);
        Evaluation.SelectionFor(Split.Label);
    }

    private ImmutableArray<(string Key, string Value)> Settings() =>
        [(ModelKey, Method.Name), .. SettingList.Of(this).Select(s => (s.Key, s.Print(this)))];

    private static string TextOf(IEnumerable<(string Key, string Value)> settings) =>
        string.Concat(settings.Select(s => $"{s.Key} = {TomlText.Quote(s.Value)}\n"));

    /// <summary>Short hash of the text of a spec.</summary>
    internal static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static string HashOf(IEnumerable<(string Key, string Value)> settings) => HashOf(TextOf(settings));
}
