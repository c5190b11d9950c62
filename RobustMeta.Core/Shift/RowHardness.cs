using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// How hard each row of the ratings is to predict: the loss of the bias model's item effect, fitted to the meta-training users
/// without the row's own user. It does not depend on the models under test (a hard group defined by a model's own errors is biased
/// against models like it).
/// </summary>
internal static class RowHardness
{
    /// <summary>Loss of each row.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks.</param>
    public static double[] Of(TaskSource source, ImmutableArray<UserTask> train)
    {
        var ratings = source.Ratings;
        // Without supports the bias model has item effects alone.
        var all = source.All([
            .. Enumerable
                .Range(0, ratings.Users.Count)
                .Select(user => new UserTask(user, [], [.. ratings.RowsOf(user)])),
        ]);
        var losses = PointLoss.Of(
            source.Label,
            new BiasModel(source, train).Scores(all).Query.AsSpan(),
            all.QueryLabels.AsSpan()
        );
        var hardness = new double[ratings.Count];
        for (int user = 0, at = 0; user < ratings.Users.Count; user++)
        {
            foreach (var row in ratings.RowsOf(user))
            {
                hardness[row] = losses[at++];
            }
        }
        return hardness;
    }
}
