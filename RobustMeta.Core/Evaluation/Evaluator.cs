using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>Measures methods on test tasks, user by user. Stateless: equal inputs give equal results.</summary>
/// <param name="source">Ratings and labels.</param>
/// <param name="metrics">What is measured.</param>
/// <param name="candidates">Which items are ranked.</param>
/// <param name="seed">Seed of ties and sampled candidates.</param>
/// <param name="tieRule">How equal scores are ranked.</param>
public sealed class Evaluator(
    TaskSource source,
    ImmutableArray<Metric> metrics,
    CandidateRule candidates,
    long seed,
    TieRule tieRule = TieRule.SeededRandom
)
{
    private const int UsersPerBatch = 256;
    private readonly TaskSource source = source ?? throw new ArgumentNullException(nameof(source));
    private readonly CandidateRule candidates = candidates ?? throw new ArgumentNullException(nameof(candidates));

    /// <summary>What is measured.</summary>
    public ImmutableArray<Metric> Metrics { get; } = metrics;

    /// <summary>
    /// Value of each metric for each user of a test set: the mean over the user's draws. All metrics that rank are measured
    /// on the same draws, those on which all of them are defined (<see cref="WithoutRanking"/> counts the others), so that
    /// their means are over the same users; errors are measured on every draw. A user without a draw has no row.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="testSet">Number of the test set, for the rows.</param>
    /// <param name="tasks">Its tasks; a user may occur in several draws.</param>
    /// <param name="labels">Where the labels of its tasks come from, where they are not those of the data.</param>
    /// <exception cref="SettingException">A cut-off is too large for the candidates.</exception>
    /// <exception cref="ScoreException">A score is not finite.</exception>
    /// <exception cref="ArgumentException">There are more or fewer scores than candidates.</exception>
    public IReadOnlyList<UserResult> Evaluate(
        IPredictor method,
        int testSet,
        ImmutableArray<UserTask> tasks,
        TaskSource? labels = null
    )
    {
        ArgumentNullException.ThrowIfNull(method);
        var values = new double?[tasks.Length * Metrics.Length];
        ForEachUser(
            method,
            tasks,
            labels ?? source,
            (position, query) =>
            {
                var own = values.AsSpan(position * Metrics.Length, Metrics.Length);
                var isRanked = true;
                for (var m = 0; m < own.Length; m++)
                {
                    own[m] = method.ScoresAreLabels || !Metrics[m].NeedsLabels ? Metrics[m].Evaluate(query) : null;
                    isRanked &= Metrics[m].NeedsLabels || own[m] is not null;
                }
                for (var m = 0; m < own.Length && !isRanked; m++)
                {
                    own[m] = Metrics[m].NeedsLabels ? own[m] : null;
                }
            }
        );
        var rows = new List<UserResult>();
        foreach (var user in Enumerable.Range(0, tasks.Length).GroupBy(position => tasks[position].User))
        {
            for (var m = 0; m < Metrics.Length; m++)
            {
                if (user.Average(position => values[position * Metrics.Length + m]) is { } mean)
                {
                    rows.Add(new(method.Name, testSet, source.Ratings.Users[user.Key], Metrics[m].Name, mean));
                }
            }
        }
        return rows;
    }

    /// <summary>
    /// Number of draws on which some metric that ranks is undefined (no relevant candidate, or only such): no metric that
    /// ranks is measured on them. It does not depend on the method.
    /// </summary>
    /// <param name="tasks">Tasks of a test set.</param>
    /// <param name="labels">Where the labels of its tasks come from, where they are not those of the data.</param>
    public int WithoutRanking(ImmutableArray<UserTask> tasks, TaskSource? labels = null)
    {
        var ranking = Metrics.Where(metric => !metric.NeedsLabels).ToArray();
        var without = 0;
        ForEachUser(
            new NoScores(),
            tasks,
            labels ?? source,
            (_, query) => without += ranking.Any(metric => metric.Evaluate(query) is null) ? 1 : 0
        );
        return without;
    }

    private sealed class NoScores : IPredictor
    {
        public string Name => "";
        public bool ScoresAreLabels => false;

        public float[] Predict(TaskBatch batch) => new float[batch.QueryItems.Length];
    }

    /// <summary>The tasks in batches whose queries are the candidates that are ranked.</summary>
    /// <param name="tasks">Tasks of a test set.</param>
    /// <param name="labels">Where their labels come from.</param>
    internal IEnumerable<TaskBatch> Batches(ImmutableArray<UserTask> tasks, TaskSource labels) =>
        labels.Batches(tasks, UsersPerBatch).Select(plain => candidates.Apply(plain, labels, seed));

    private void ForEachUser(
        IPredictor method,
        ImmutableArray<UserTask> tasks,
        TaskSource labels,
        Action<int, RankedQuery> measure
    )
    {
        foreach (var plain in labels.Batches(tasks, UsersPerBatch))
        {
            var batch = candidates.Apply(plain, labels, seed);
            var scores = method.Predict(batch);
            if (scores.Length != batch.QueryItems.Length)
            {
                throw new ArgumentException(
                    $"{method.Name} returned {scores.Length} scores for {batch.QueryItems.Length} candidates."
                );
            }
            for (var b = 0; b < batch.Count; b++)
            {
                var query = batch.QueryRange(b);
                measure(
                    batch.Positions[b],
                    RankedQuery.Of(
                        batch.Users[b],
                        batch.QueryItems.AsSpan()[query],
                        scores.AsSpan()[query],
                        batch.QueryLabels.AsSpan()[query],
                        source.Relevance,
                        tieRule,
                        TieSeed(batch.Users[b])
                    )
                );
            }
        }
    }

    private long TieSeed(int user) => Seeds.Derive(seed, "ties", source.Ratings.Users[user]);
}
