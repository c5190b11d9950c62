using System.Collections.Immutable;
using RobustMeta.Evaluation;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>What is measured on which candidates.</summary>
public sealed record EvaluationSpec : ISpec
{
    /// <summary>Names of the metrics; <c>auto</c> takes the usual ones of the label kind.</summary>
    [Setting("metrics, comma-separated (`help` lists them); auto takes the usual ones of the label kind")]
    public IReadOnlyList<string> Metrics { get; init; } = ["auto"];

    /// <summary>Candidates of a test user: <c>labelled</c>, <c>sampled N</c> or <c>all</c>.</summary>
    [Setting("candidates ranked for a test user: labelled (own query), sampled N (positives + N unseen), all (unseen)")]
    public string Candidates { get; init; } = "labelled";

    /// <summary>Metric that the best epoch is chosen by, on validation tasks; <c>auto</c> follows the label kind.</summary>
    [Setting("validation metric that the best epoch is chosen by; auto: ndcg@10 for clicks, mae for ratings")]
    public string Selection { get; init; } = "auto";

    /// <summary>How the selection metric becomes one number: <see cref="SelectionRule"/>.</summary>
    [Setting(
        "best epoch by the metric's mean over validation users, by the worst of validation sets shifted as the test is, or by "
            + "cvar FRACTION (mean over the users it is worst for)"
    )]
    public string SelectBy { get; init; } = "mean";

    /// <summary>Names of the baselines that are measured beside the method, with their default settings.</summary>
    [Setting("baselines measured beside the method, comma-separated, or none")]
    public IReadOnlyList<string> Baselines { get; init; } = ["random", "popularity", "bias"];

    private const string Auto = "auto";

    /// <summary>
    /// The metrics, with <c>auto</c> resolved: without those of errors where candidates are ranked that have no label.
    /// </summary>
    /// <exception cref="SettingException">
    /// There is none, or a metric does not exist, is one of errors and candidates without a label are ranked, or is the error of other labels.
    /// </exception>
    public ImmutableArray<Metric> MetricsFor(LabelKind label)
    {
        if (Metrics.Count == 0)
        {
            throw new SettingException(
                $"metrics is none; expected at least one metric, such as {PerformanceFile.Metrics[0]}, or auto"
            );
        }
        var areLabelled = CandidateRule.Parse(Candidates).Unseen is null;
        return
        [
            .. Metrics
                .SelectMany(name => name == Auto ? Usual(label).Select(Metric.Parse).Where(IsDefined) : [Given(name)])
                .DistinctBy(metric => metric.Name),
        ];

        bool IsDefined(Metric metric) => areLabelled || !metric.NeedsLabels;

        Metric Given(string name) =>
            RequireFits("metrics has", Metric.Parse(name), label) is var metric && IsDefined(metric)
                ? metric
                : throw new SettingException(
                    $"metrics has {metric.Name}, which needs a label for every candidate, and candidates is "
                        + $"'{Candidates}': unseen items have none. Leave it out, or take candidates labelled."
                );
    }

    /// <summary>The selection metric, with <c>auto</c> resolved.</summary>
    /// <exception cref="SettingException">The metric does not exist, or is the error of other labels.</exception>
    public Metric SelectionFor(LabelKind label) =>
        RequireFits(
            "selection is",
            Metric.Parse(
                Selection != Auto ? Selection
                : label == LabelKind.Click ? "NDCG@10"
                : "MAE"
            ),
            label
        );

    private static Metric RequireFits(string place, Metric metric, LabelKind label) =>
        metric.ErrorOf is not { } own || own == label ? metric
        : own == LabelKind.Rating
            ? throw new SettingException(
                $"{place} {metric.Name}, the error of predicted ratings, and label is click: scores are logits of a click. "
                    + "Leave it out, or take label rating."
            )
        : throw new SettingException(
            $"{place} {metric.Name}, the error of predicted clicks, and label is rating: scores are ratings. "
                + "Leave it out, or take label click."
        );

    private static IEnumerable<string> Usual(LabelKind label) =>
        PerformanceFile.Metrics.Concat(label == LabelKind.Click ? ["AUC", "LogLoss"] : ["MAE", "RMSE"]);
}
