using System.Reflection;
using RobustMeta.Engine;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>The tables of a run's folder as CSV text.</summary>
internal static class RunTables
{
    /// <summary>Columns of <see cref="Selection"/>.</summary>
    public static readonly string[] SelectionColumns = ["criterion", "bestEpoch", "bestValidation", "stoppedEarly"];

    /// <summary>The best epoch and its validation value; a baseline has no epochs.</summary>
    public static string Selection(string criterion, int bestEpoch, double bestValidation, bool stoppedEarly) =>
        CsvText.Table(
            SelectionColumns,
            [
                [criterion, bestEpoch, bestValidation, stoppedEarly],
            ]
        );

    /// <summary>Validation losses of the plain model and the references, and which one was taken.</summary>
    public static string References(IReadOnlyList<ReferenceLoss> losses) =>
        CsvText.Table(
            ["reference", "validationLoss", "chosen"],
            losses.Select(loss => (IEnumerable<object?>)[loss.Name, loss.Loss, loss.IsChosen])
        );

    /// <summary>One row per member of a population.</summary>
    public static string Population(IReadOnlyList<PopulationMember> members) =>
        CsvText.Table(
            ["radius", "bestEpoch", "bestValidation", "fractionOfTestUsers"],
            members.Select(m =>
                (IEnumerable<object?>)[m.Radius, m.Training.BestEpoch, m.Training.BestValidation, m.Fraction]
            )
        );

    /// <summary>
    /// Coordinate and realised divergence of each test set, and the summary statistics of what it holds; the change of a
    /// statistic is its difference to that of another row.
    /// </summary>
    public static string TestSets(PreparedExperiment prepared)
    {
        var summaries = typeof(RealisedShift).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        return CsvText.Table(
            [
                "testset",
                prepared.Spec.Shift.AxisName,
                "tasks",
                "users",
                "userKl",
                "userEss",
                "userProperty",
                .. Interactions,
                "dropped",
                .. summaries.Select(s => $"realised{s.Name}"),
            ],
            prepared.TestSets.Zip(
                prepared.Realised,
                (set, realised) =>
                    (IEnumerable<object?>)
                        [
                            set.Number,
                            set.Coordinate,
                            set.Tasks.Length,
                            set.Tasks.Select(task => task.User).Distinct().Count(),
                            set.Users.KullbackLeibler,
                            set.Users.EffectiveSampleFraction,
                            set.Users.MeanProperty,
                            set.Interactions.KullbackLeibler,
                            set.Interactions.EffectiveSampleFraction,
                            set.Interactions.MeanProperty,
                            set.Dropped.Values.Sum(),
                            .. summaries.Select(s => s.GetValue(realised)),
                        ]
            )
        );
    }

    /// <summary>Users that became no task, and test tasks that are in no draw, by reason.</summary>
    public static string Dropped(PreparedExperiment prepared) =>
        CsvText.Table(
            ["stage", "reason", "count"],
            [
                .. prepared.Split.Dropped.Select(d => (IEnumerable<object?>)["split", d.Key, d.Value]),
                ["validation", "QueryTooShort", prepared.ValidationTasksLeftOut],
                .. prepared.TestSets.SelectMany(set =>
                    set.Dropped.Select(d => (IEnumerable<object?>)[$"testset {set.Number}", d.Key, d.Value])
                ),
                .. prepared
                    .TestSets.Zip(prepared.TasksWithoutRanking)
                    .Where(set => set.Second > 0)
                    .Select(set => (IEnumerable<object?>)[$"testset {set.First.Number}", "NotRanked", set.Second]),
            ]
        );

    /// <summary>
    /// The weights at the end of the best epoch, whose parameters <c>model.safetensors</c> holds, relative to uniform ones;
    /// levels that stay uniform have no rows. Beside each weight the loss at these parameters, after adaptation: of the query
    /// interaction, or the mean over the user's.
    /// </summary>
    public static string Weights(PreparedExperiment prepared, MethodResult result) =>
        CsvText.Table(["level", "user", "item", "weight", "epoch", "loss"], WeightRows(prepared, result));

    /// <summary>Seconds of training and evaluation, users trained on a second, and memory.</summary>
    public static string Timing(RunCost cost) =>
        CsvText.Table(
            [
                "trainSeconds",
                "evaluationSeconds",
                "usersPerSecond",
                "userPasses",
                "peakBytes",
                "referenceSeconds",
                "threads",
            ],
            [
                [
                    cost.Training.TotalSeconds,
                    cost.Evaluation.TotalSeconds,
                    cost.UsersPerSecond,
                    cost.UserPasses,
                    cost.PeakBytes,
                    cost.Reference.TotalSeconds,
                    ThreadLimit.Threads() is var threads and > 0 ? threads : Environment.ProcessorCount,
                ],
            ]
        );

    private static int Epochs(MethodResult result) =>
        result.Members.Count == 0
            ? result.Training.History.Count
            : result.Members.Sum(member => member.Training.History.Count);

    private static readonly string[] Interactions = ["interactionKl", "interactionEss", "interactionProperty"];

    private static IEnumerable<IEnumerable<object?>> WeightRows(PreparedExperiment prepared, MethodResult result)
    {
        var levels = result.Spec.Meta.Robustness.Levels;
        var epoch = result.Training.BestEpoch;
        var ratings = prepared.Dataset.Ratings;
        var train = prepared.Split.MetaTrain;
        double Loss(int u, int j) => result.TrainingLosses[result.Weights!.Starts[u] + j];
        if (levels.HasFlag(WeightLevels.User))
        {
            for (var u = 0; u < train.Length; u++)
            {
                var mean = Enumerable.Range(0, train[u].Query.Length).Average(j => Loss(u, j));
                yield return ["user", ratings.Users[train[u].User], null, result.Weights!.Users[u], epoch, mean];
            }
        }
        if (levels.HasFlag(WeightLevels.Interaction))
        {
            for (var u = 0; u < train.Length; u++)
            {
                for (var j = 0; j < train[u].Query.Length; j++)
                {
                    var item = ratings.Items[ratings.ItemIndex[train[u].Query[j]]];
                    yield return
                    [
                        "interaction",
                        ratings.Users[train[u].User],
                        item,
                        result.Weights!.Of(u)[j],
                        epoch,
                        Loss(u, j),
                    ];
                }
            }
        }
    }
}
