using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// The data side of an experiment: tasks, test sets and evaluation, the same for every method that is compared.
/// </summary>
public sealed class PreparedExperiment
{
    private readonly Dictionary<string, InputSchema> schemas = [];
    private string? fingerprint;
    private readonly Evaluator evaluator;
    private readonly ValidationSets validation;

    private PreparedExperiment(ExperimentSpec spec, Dataset given)
    {
        spec.RequireValid();
        RequireNegatives(spec, given);
        Spec = spec;
        var dataset = Complete(spec, given);
        Dataset = dataset;
        var threshold = double.IsNaN(spec.Split.LabelThreshold) ? dataset.LabelThreshold : spec.Split.LabelThreshold;
        var source = new TaskSource(dataset.Ratings, spec.Split.Label, threshold) { Feedback = dataset.Feedback };
        var whole = TaskSplit.Of(dataset.Ratings, spec.Split, spec.Seed);
        Split = spec.Shift is IHoldsOut held
            ? HeldOutRows.Remove(whole, held.TrainingRows(source, whole, spec.Seed))
            : whole;
        Source =
            spec.Split.NegativeDraw == NegativeDraw.Fresh
                ? source.WithFreshNegatives(Split.MetaTrain, spec.Split.NegativePopularity, spec.Seed)
                : source;
        var metrics = spec.Evaluation.MetricsFor(spec.Split.Label);
        var candidates = CandidateRule.Parse(spec.Evaluation.Candidates);
        var cutoff = metrics.Max(m => m.Cutoff);
        Input = new ShiftInput(Source, Split, cutoff + 1, spec.Seed)
        {
            UnseenCandidates = candidates.Unseen ?? 0,
            WholeSplit = whole,
            TaskOf = spec.Split.TaskOf,
        };
        TestSets = spec.Shift.TestSets(Input);
        Realised = [.. TestSets.Select(set => RealisedShift.Of(Input, set))];
        evaluator = new(Source, metrics, candidates, spec.Seed);
        TasksWithoutRanking = [.. TestSets.Select(set => evaluator.WithoutRanking(set.Tasks, set.Source))];
        validation = new(spec, Input);
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>Its data set.</summary>
    public Dataset Dataset { get; }

    /// <summary>
    /// What identifies the data and their preparation: see <see cref="DataFingerprint"/>. Ratings of their own that test and
    /// validation sets have are a part of it.
    /// </summary>
    public string Fingerprint => fingerprint ??= DataFingerprint.Of(Dataset, OwnRatings());

    /// <summary>Ratings and labels.</summary>
    public TaskSource Source { get; }

    /// <summary>Meta-training, validation and test tasks.</summary>
    public TaskSplit Split { get; }

    /// <summary>What the shift made its test sets from.</summary>
    public ShiftInput Input { get; }

    /// <summary>The shifted test sets.</summary>
    public ImmutableArray<ShiftedTestSet> TestSets { get; }

    /// <summary>What each test set holds, whatever made it.</summary>
    public ImmutableArray<RealisedShift> Realised { get; }

    /// <summary>
    /// Tasks of each test set on which some metric that ranks is undefined: they count for errors alone.
    /// </summary>
    public ImmutableArray<int> TasksWithoutRanking { get; }

    /// <summary>What to know about the users before anything is trained, in sentences; none where all is well.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            if (Spec.Shift is not WeightedDraw draw)
            {
                return [];
            }
            var test = Input.Split.Test;
            var isShort = test.Where(task => !draw.HasEnoughRatings(task, Input.MinimumQuery)).ToList();
            if (isShort.Count == 0)
            {
                return [];
            }
            var pool = RatingsNeeded.Pool(Input.MinimumQuery, draw.TestPoolFraction, draw.TestQueryLength);
            var needed = RatingsNeeded.OfUser(Spec.Split, pool!.Value);
            int[] ratings = [.. isShort.Select(task => task.Support.Length + task.Query.Length).Order()];
            var usual = ratings[ratings.Length / 2];
            var settings = RatingsNeeded.Settings(usual, Input.MinimumQuery - 1, Spec.Split.Label);
            return
            [
                $"{isShort.Count} of {test.Length} test users have fewer than the {needed} ratings that these settings need, and are not measured "
                    + $"(dropped.csv counts them). To measure users with {usual} ratings: {settings}",
            ];
        }
    }

    /// <summary>The inputs of a model, with <c>auto</c> features resolved; methods with equal features share it.</summary>
    /// <param name="features">Which features, and how wide.</param>
    /// <exception cref="SettingException">The data have no such feature.</exception>
    public InputSchema SchemaOf(FeatureSpec features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var resolved = features with
        {
            UserFeatures = Resolve(features.UserFeatures, Dataset.UserFeatures),
            ItemFeatures = Resolve(features.ItemFeatures, Dataset.ItemFeatures),
        };
        var key = string.Join(' ', SettingList.Of(resolved).Select(setting => setting.Print(resolved)));
        if (!schemas.TryGetValue(key, out var schema))
        {
            schema = InputSchemaBuilder.Build(Dataset.Ratings, Split.MetaTrain, resolved) with
            {
                HasDrawnNegatives = !Source.HasRatings,
            };
            schemas.Add(key, schema);
        }
        return schema;
    }

    /// <summary>Whether the selection metric is one of errors, which orders without labels do not have.</summary>
    internal bool SelectsByLabels => validation.Metric.NeedsLabels;

    /// <summary>What the best epoch is chosen by.</summary>
    public ValidationCriterion Validation => validation.Criterion;

    /// <summary>Cross-fitted references that methods share.</summary>
    internal SharedReferences References { get; } = new();

    /// <summary>Validation tasks that are too short for the selection metric and are left out of it.</summary>
    public int ValidationTasksLeftOut => validation.LeftOut;

    /// <summary>Prepares an experiment.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="dataset">Its data set.</param>
    /// <param name="tell">See <see cref="Tell"/>.</param>
    /// <exception cref="SettingException">The data do not allow it; the message says which setting would.</exception>
    public static PreparedExperiment Of(ExperimentSpec spec, Dataset dataset, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(dataset);
        return new(spec, dataset) { Tell = tell };
    }

    /// <summary>
    /// <see cref="Fingerprint"/> of an experiment whose test and validation sets have no ratings of their own, without the work of
    /// preparing it.
    /// </summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="dataset">Its data set.</param>
    public static string FingerprintOf(ExperimentSpec spec, Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(dataset);
        return DataFingerprint.Of(Complete(spec, dataset), []);
    }

    /// <summary>Called, on a thread of its own, when a fit takes longer than two seconds; null: not called.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>The baselines that the spec names, fitted: what a claim has to be better than.</summary>
    public IReadOnlyList<IPredictor> Baselines() => [.. NamedBaselines.Select(Fit)];

    /// <summary>The baselines that the spec names, each once: two rows of one method would count its users twice.</summary>
    internal IEnumerable<MethodSpec> NamedBaselines =>
        Spec.Evaluation.Baselines.Select(Methods.Named).DistinctBy(method => method.Name);

    /// <summary>Fits a method to the training tasks.</summary>
    public IPredictor Fit(MethodSpec method)
    {
        ArgumentNullException.ThrowIfNull(method);
        using var notice = new FitNotice(method.DisplayName, Tell);
        return method.Fit(new ExperimentFit(this));
    }

    /// <summary>Measures a method on every test set.</summary>
    public IReadOnlyList<UserResult> Evaluate(IPredictor method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return [.. TestSets.SelectMany(set => Evaluate(method, set))];
    }

    /// <summary>Measures a method on one test set.</summary>
    public IReadOnlyList<UserResult> Evaluate(IPredictor method, ShiftedTestSet set)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(set);
        return evaluator.Evaluate(
            method is ITestSetPredictor own ? own.On(set.Number) : method,
            set.Number,
            set.Tasks,
            set.Source
        );
    }

    /// <summary>The tasks of a test set in batches, with the candidates that a method has to score as their queries.</summary>
    public IEnumerable<TaskBatch> Candidates(ShiftedTestSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return evaluator.Batches(set.Tasks, set.Source ?? Source);
    }

    private IReadOnlyList<Ratings> OwnRatings() =>
        [
            .. TestSets
                .Select(set => set.Source)
                .Concat(validation.Sources)
                .Where(source => source is not null && !ReferenceEquals(source.Ratings, Dataset.Ratings))
                .Select(source => source!.Ratings),
        ];

    private static void RequireNegatives(ExperimentSpec spec, Dataset given)
    {
        if (spec.Split.NegativeDraw == NegativeDraw.Fresh && given.Feedback == FeedbackKind.Explicit)
        {
            throw new SettingException(
                $"'{given.Ratings.Name}' has ratings, so negativeDraw has no effect: remove it, or state "
                    + "feedback = \"positives\" or \"counts\" in the catalog."
            );
        }
    }

    // The data with drawn negatives, turned where items are tasks; in an order that does not depend on that of rows and files.
    private static Dataset Complete(ExperimentSpec spec, Dataset given)
    {
        var dataset = NegativeSampling.Complete(given, spec.Split.Negatives, spec.Split.NegativePopularity, spec.Seed);
        if (spec.Split.TaskOf == TaskKind.Item)
        {
            dataset = dataset.Transposed();
        }
        return dataset with { Ratings = CanonicalRatings.Of(dataset.Ratings) };
    }

    private static IReadOnlyList<string> Resolve(IReadOnlyList<string> names, IReadOnlyList<string> own) =>
        names is [FeatureSpec.Auto] ? own : names;
}
