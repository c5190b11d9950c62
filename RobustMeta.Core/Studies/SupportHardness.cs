using RobustMeta.Bias;
using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Tasks;

namespace RobustMeta.Studies;

/// <summary>
/// How hard each test user looks from the support alone: the mean loss of the bias model on it. It depends on no method, so
/// that all are compared on the same hard users.
/// </summary>
internal static class SupportHardness
{
    /// <summary>Name under which the hardness stands beside the metrics of baselines.</summary>
    public const string Metric = "SupportLogLoss";

    /// <summary>One row per test user.</summary>
    public static IEnumerable<UserResult> Rows(PreparedExperiment prepared)
    {
        var source = prepared.Source;
        var bias = new BiasModel(source, prepared.Split.MetaTrain);
        var test = prepared.Split.Test;
        var batch = source.All(test);
        var scores = bias.Scores(batch).Support;
        for (var b = 0; b < batch.Count; b++)
        {
            var (start, end) = (batch.SupportStarts[b], batch.SupportStarts[b + 1]);
            var loss = Enumerable
                .Range(start, end - start)
                .Average(i => PointLoss.Of(source.Label, scores[i], batch.SupportLabels[i]));
            yield return new("support", 0, prepared.Dataset.Ratings.Users[batch.Users[b]], Metric, loss);
        }
    }

    /// <summary>The tenth of the users with the largest hardness.</summary>
    public static HashSet<string> Hardest(IEnumerable<UserResult> rows)
    {
        var hardness = rows.Where(row => row.Metric == Metric).ToArray();
        var count = Math.Max(1, (int)Math.Ceiling(0.1 * hardness.Length));
        return [.. hardness.OrderByDescending(row => row.Value).Take(count).Select(row => row.User)];
    }
}
