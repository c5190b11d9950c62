using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
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

    /// <summary>What is measured.</summary>
    public ImmutableArray<Metric> Metrics { get; } = metrics;

    /// <summary>
    /// Value of each metric for each user of a test set: the mean over the user's draws in which it is defined. A user
    /// for whom a metric is undefined in all of them has no row for it.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="testSet">Number of the test set, for the rows.</param>
    /// <param name="tasks">Its tasks; a user may occur in several draws.</param>
    /// <exception cref="ArgumentException">A cut-off is too large for the candidates, or scores are wrong.</exception>
    public IReadOnlyList<UserResult> Evaluate(IPredictor method, int testSet, ImmutableArray<UserTask> tasks)
    {
        var values = new double?[tasks.Length * Metrics.Length];
        ForEachUser(
            method,
            tasks,
            (position, query) =>
            {
                for (var m = 0; m < Metrics.Length; m++)
                {
                    values[position * Metrics.Length + m] =
                        method.ScoresAreLabels || !Metrics[m].NeedsLabels ? Metrics[m].Evaluate(query) : null;
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

    private void ForEachUser(IPredictor method, ImmutableArray<UserTask> tasks, Action<int, RankedQuery> measure)
    {
        foreach (var plain in source.Batches(tasks, UsersPerBatch))
        {
            var batch = candidates.Apply(plain, source.Ratings, source.Relevance, seed);
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

    private long TieSeed(int user) => Seeds.Derive(seed, "ties", user.ToString(CultureInfo.InvariantCulture));
}
