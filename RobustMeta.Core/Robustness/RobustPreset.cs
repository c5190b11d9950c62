using System.Collections.Immutable;
using RobustMeta.Settings;

namespace RobustMeta.Robustness;

/// <summary>
/// A robust method by name, as settings on top of a spec: the paper's readings, this project's own, the ablations, and the
/// published methods. All run on the same base models. One of your own:
/// <c>RobustPreset.Registry.Add(new RobustPreset("mine", "what it is", ("levels", "user"), ("set", "chi2 0.5")))</c>.
/// </summary>
public sealed class RobustPreset
{
    // Of robustmeta; what is better between 0.1 and 0.5 differs by data set, by little.
    private const string Radius = "chi2 0.25";
    private const string Plain = "plain";

    private static readonly ImmutableArray<RobustPreset> BuiltIn =
    [
        new(Plain, "uniform weights", ("levels", "none")),
        new("paper", "simplex at both levels, slow projected ascent (TKDE 2025)", Paper("both")),
        new("user", "ablation: the paper's user level alone", Paper("user")),
        new("interaction", "ablation: the paper's interaction level alone", Paper("interaction")),
        new(
            "paper-v1",
            "unit ball at both levels (first version of the paper)",
            [.. Paper("both").Where(s => s.Item1 != "set"), ("set", "unit-ball")]
        ),
        new(
            "robustmeta",
            "excess over a cross-fitted MetaPMF, chi-square ball, best response, both levels",
            Excess("both")
        ),
        new("robustmeta-user", "its user level alone", Excess("user")),
        new("robustmeta-interaction", "its interaction level alone", Excess("interaction")),
        new(
            "robustmeta-bias",
            "excess over the bias model instead, which is fitted in under a second on a million ratings",
            [.. Response("both", Radius), ("reference", "bias")]
        ),
        new(
            "robustmeta-auto",
            "excess over the better of both by validation; plain training where neither beats the plain model",
            [.. Excess("both").Where(s => s.Item1 != "reference"), ("reference", "auto")]
        ),
        new(
            "robustmeta-population",
            "one model per radius; each user gets the one that fits the support best",
            [.. Excess("both"), ("population", "0.1,0.25,0.5,1")]
        ),
        new(
            "distill",
            "control: the predictions of robustmeta's reference in the labels, no adversary",
            [("levels", "none"), ("distill", "0.5"), .. CrossFitted]
        ),
        new(
            "distill-bias",
            "control: the bias model's predictions in the labels, no adversary",
            [("levels", "none"), ("distill", "0.5"), ("reference", "bias")]
        ),
        new(
            "tr-maml",
            "the older name of the preset user, the same training (Collins et al., NeurIPS 2020)",
            Paper("user")
        ),
        new("dr-maml", "CVaR over the users of a batch (Wang et al., NeurIPS 2023)", Response("user", "cvar 0.5")),
        new(
            "group-dro",
            "exponentiated weights of activity groups (Sagawa et al., ICLR 2020)",
            Groups("1", "activity")
        ),
        new(
            "s-dro",
            "the same with streaming losses and taste groups (Wen et al., WWW 2022)",
            Groups("0.1", "popularity")
        ),
        new(
            "tdro",
            "the same for clusters of users, and towards what serves later periods (Lin et al., AAAI 2024)",
            [.. Groups("0.2", "cluster"), ("trend", "0.3"), ("taskWeightLr", "0.1")]
        ),
        new("chi2-dro", "chi-square ball over users, raw losses", Response("user", "chi2 0.25")),
        new("kl-dro", "Kullback-Leibler ball over users, raw losses", Response("user", "kl 0.1")),
        new("cvar-dro", "CVaR at both levels, raw losses", Response("both", "cvar 0.5")),
        new("doro", "chi-square ball over users without the largest tenth (Zhai et al., ICML 2021)", Doro),
        new(
            "arl",
            "weights from a network (Lahoti et al., NeurIPS 2020)",
            [.. Paper("user"), ("userIndex", "network")]
        ),
        new(
            "ar-maml",
            "a normalising flow over users' supports as the adversary (Wang et al., KDD 2025)",
            ("levels", "user"),
            ("userIndex", "flow"),
            ("taskWeightLr", "0.01")
        ),
        new(
            "ipw",
            "inverse propensities of the items",
            [("levels", "interaction"), ("interactionRule", "inversePropensity")]
        ),
        new("focal", "focal weights of the interactions", [("levels", "interaction"), ("interactionRule", "focal")]),
    ];

    private static ImmutableArray<(string, string)> Doro => [.. Response("user", "chi2 0.25"), ("doroTrim", "0.1")];

    private static ImmutableArray<(string, string)> CrossFitted =>
        [("reference", "crossfit"), ("referenceModel", "MetaPMF"), ("referenceFolds", "5")];

    // Names of earlier versions, and what is to be used in their place.
    private static readonly ImmutableDictionary<string, string> Renamed = ImmutableDictionary.CreateRange(
        StringComparer.OrdinalIgnoreCase,
        [KeyValuePair.Create("none", Plain), KeyValuePair.Create("both", "paper")]
    );

    /// <summary>A preset.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="meaning">What it is, in one line, for help.</param>
    /// <param name="settings">Keys and values that it sets.</param>
    public RobustPreset(string name, string meaning, params IEnumerable<(string Key, string Value)> settings)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(meaning);
        ArgumentNullException.ThrowIfNull(settings);
        Name = name;
        Meaning = meaning;
        Settings = [.. settings];
    }

    /// <summary>The presets by name: those of this library, and those that are added.</summary>
    public static Registry<RobustPreset> Registry { get; } = new("preset", preset => preset.Name, BuiltIn);

    /// <summary>
    /// All presets: those of this library in the order of help, then the added ones by name. A method with the settings of
    /// several is called by the first, so that one method has one name.
    /// </summary>
    public static ImmutableArray<RobustPreset> All =>
        [.. Registry.All.Values.OrderBy(preset => (uint)BuiltIn.IndexOf(preset)).ThenBy(preset => preset.Name)];

    /// <summary>Name of the preset.</summary>
    public string Name { get; }

    /// <summary>What it is, in one line.</summary>
    public string Meaning { get; }

    /// <summary>Keys and values that it sets.</summary>
    public ImmutableArray<(string Key, string Value)> Settings { get; }

    /// <summary>Whether it is plain training: uniform weights and nothing else.</summary>
    public bool IsPlain => Settings is [("levels", "none")];

    /// <summary>The preset of that name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public static RobustPreset Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Renamed.TryGetValue(name, out var other) && !Registry.All.ContainsKey(name)
            ? throw new SettingException($"The preset '{name}' was renamed to '{other}'.")
            : Registry.Named(name);
    }

    private static ImmutableArray<(string, string)> Paper(string levels) =>
        [("levels", levels), ("set", "simplex"), ("ascent", "projectedGradient")];

    private static ImmutableArray<(string, string)> Response(string levels, string set) =>
        [("levels", levels), ("set", set), ("ascent", "bestResponse")];

    private static ImmutableArray<(string, string)> Excess(string levels) =>
        [.. Response(levels, Radius), .. CrossFitted];

    private static ImmutableArray<(string, string)> Groups(string average, string groups) =>
        [
            ("levels", "user"),
            ("userIndex", "group"),
            ("ascent", "exponentiatedGradient"),
            ("lossAverage", average),
            ("groups", groups),
        ];
}
