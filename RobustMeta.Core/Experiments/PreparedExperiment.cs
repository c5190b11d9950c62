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
    private readonly Evaluator evaluator;
    private readonly Evaluator selection;
    private readonly ImmutableArray<UserTask> selectionTasks;

    private PreparedExperiment(ExperimentSpec spec, Dataset given)
    {
        var dataset = NegativeSampling.Complete(given, spec.Split.Negatives, spec.Split.NegativePopularity, spec.Seed);
        Spec = spec;
        // From here on nothing depends on the order of rows and files.
        dataset = dataset with
        {
            Ratings = CanonicalRatings.Of(dataset.Ratings),
        };
        Dataset = dataset;
        var threshold = double.IsNaN(spec.Split.LabelThreshold) ? dataset.LabelThreshold : spec.Split.LabelThreshold;
        Source = new(dataset.Ratings, spec.Split.Label, threshold);
        var whole = TaskSplit.Of(dataset.Ratings, spec.Split, spec.Seed);
        Split = spec.Shift is IHoldsOut held
            ? HeldOutRows.Remove(whole, held.TrainingRows(Source, whole, spec.Seed))
            : whole;
        var metrics = spec.Evaluation.MetricsFor(spec.Split.Label);
        var candidates = CandidateRule.Parse(spec.Evaluation.Candidates);
        var cutoff = metrics.Max(m => m.Cutoff);
        var input = new ShiftInput(Source, Split, cutoff + 1, spec.Seed)
        {
            UnseenCandidates = candidates.Unseen ?? 0,
            WholeSplit = whole,
        };
        TestSets = spec.Shift.TestSets(input);
        Realised = [.. TestSets.Select(set => RealisedShift.Of(input, set.Tasks))];
        evaluator = new(Source, metrics, candidates, spec.Seed);
        TasksWithoutRanking = [.. TestSets.Select(set => evaluator.WithoutRanking(set.Tasks))];

        var criterion = spec.Evaluation.SelectionFor(spec.Split.Label);
        selection = new(Source, [criterion], new CandidateRule((int?)null), spec.Seed);
        selectionTasks = [.. Split.Validation.Where(t => t.Query.Length > criterion.Cutoff)];
        if (selectionTasks.IsEmpty)
        {
            throw new ArgumentException(
                $"No validation task has a query of more than {criterion.Cutoff} interactions, which {criterion.Name} "
                    + "needs. Raise queryLength or minRatings, or choose another selection metric."
            );
        }
        Validation = new(criterion.Name, criterion.HigherIsBetter, ValidationValue);
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>Its data set.</summary>
    public Dataset Dataset { get; }

    /// <summary>Ratings and labels.</summary>
    public TaskSource Source { get; }

    /// <summary>Meta-training, validation and test tasks.</summary>
    public TaskSplit Split { get; }

    /// <summary>The shifted test sets.</summary>
    public ImmutableArray<ShiftedTestSet> TestSets { get; }

    /// <summary>What each test set holds, whatever made it.</summary>
    public ImmutableArray<RealisedShift> Realised { get; }

    /// <summary>
    /// Tasks of each test set on which some metric that ranks is undefined: they count for errors alone.
    /// </summary>
    public ImmutableArray<int> TasksWithoutRanking { get; }

    /// <summary>What a model sees of the data, with <c>auto</c> features resolved; methods with equal features share it.</summary>
    /// <param name="features">Which features, and how wide.</param>
    /// <exception cref="ArgumentException">The data have no such feature.</exception>
    public InputSchema SchemaOf(FeatureSpec features)
    {
        var resolved = features with
        {
            UserFeatures = Resolve(features.UserFeatures, Dataset.UserFeatures),
            ItemFeatures = Resolve(features.ItemFeatures, Dataset.ItemFeatures),
        };
        var key = string.Join(' ', SettingList.Of(resolved).Select(setting => setting.Print(resolved)));
        if (!schemas.TryGetValue(key, out var schema))
        {
            schema = InputSchemaBuilder.Build(Dataset.Ratings, Split.MetaTrain, resolved);
            schemas.Add(key, schema);
        }
        return schema;
    }

    /// <summary>Whether the selection metric is one of errors, which orders without labels do not have.</summary>
    internal bool SelectsByLabels => selection.Metrics[0].NeedsLabels;

    /// <summary>What the best epoch is chosen by.</summary>
    public ValidationCriterion Validation { get; }

    /// <summary>Cross-fitted references that methods share.</summary>
    internal SharedReferences References { get; } = new();

    /// <summary>Validation tasks that are too short for the selection metric and are left out of it.</summary>
    public int ValidationTasksLeftOut => Split.Validation.Length - selectionTasks.Length;

    /// <summary>Prepares an experiment.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="dataset">Its data set.</param>
    /// <exception cref="ArgumentException">The data do not allow it; the message says which setting would.</exception>
    public static PreparedExperiment Of(ExperimentSpec spec, Dataset dataset) => new(spec, dataset);

    /// <summary>The methods that any claim must face, fitted: those that the spec names.</summary>
    public IReadOnlyList<IPredictor> Baselines() => [.. Spec.Evaluation.Baselines.Select(Methods.Named).Select(Fit)];

    /// <summary>Fits a method to the training tasks.</summary>
    public IPredictor Fit(MethodSpec method) => method.Fit(new ExperimentFit(this));

    /// <summary>Measures a method on every test set.</summary>
    public IReadOnlyList<UserResult> Evaluate(IPredictor method) =>
        [.. TestSets.SelectMany(set => evaluator.Evaluate(method, set.Number, set.Tasks, set.Source))];

    private double ValidationValue(IPredictor predictor)
    {
        var rows = selection.Evaluate(predictor, 0, selectionTasks);
        return rows.Count > 0
            ? rows.Average(row => row.Value)
            : throw new ArgumentException(
                $"{selection.Metrics[0].Name} is undefined for every validation task (none has a positive): "
                    + "move labelThreshold or choose another selection metric."
            );
    }

    private static IReadOnlyList<string> Resolve(IReadOnlyList<string> names, IReadOnlyList<string> own) =>
        names is [FeatureSpec.Auto] ? own : names;
}
