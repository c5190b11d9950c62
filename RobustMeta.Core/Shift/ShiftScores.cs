using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Standardised scores of users and interactions along which test sets are tilted. Means and spreads come from the
/// meta-training tasks, popularity from all ratings of the meta-training users: nothing is learned from test users.
/// </summary>
public sealed class ShiftScores
{
    private readonly TaskSource source;
    private readonly ShiftSpec spec;
    private readonly double[] logPopularity;
    private readonly Standardiser users;
    private readonly Standardiser interactions;

    /// <summary>Scores fitted to the meta-training tasks.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks; not empty.</param>
    /// <param name="spec">Which scores.</param>
    /// <exception cref="ArgumentException">Recency is asked for and the ratings have no times.</exception>
    public ShiftScores(TaskSource source, ImmutableArray<UserTask> train, ShiftSpec spec)
    {
        if (spec.InteractionScore == InteractionScore.Recency && source.Ratings.Times.IsEmpty)
        {
            throw new ArgumentException(
                $"interactionScore recency needs times, which '{source.Ratings.Name}' lacks; choose tail or none."
            );
        }
        this.source = source;
        this.spec = spec;
        logPopularity = LogPopularity(source, train);
        users = new([.. train.Select(RawUser)]);
        interactions = new([.. train.SelectMany(t => t.Query).Select(RawInteraction)]);
    }

    /// <summary>Standardised score of a user, from the support set alone (activity: from all ratings).</summary>
    public double User(UserTask task) => users.Of(RawUser(task));

    /// <summary>Standardised score of an interaction (a row of the ratings).</summary>
    public double Interaction(int row) => interactions.Of(RawInteraction(row));

    private double RawUser(UserTask task) =>
        spec.UserScore switch
        {
            UserScore.None => 0,
            UserScore.Niche => -task.Support.Average(row => logPopularity[source.Ratings.ItemIndex[row]]),
            UserScore.Activity => Math.Log(source.Ratings.RowsOf(task.User).Length),
            UserScore.PositiveRate => task.Support.Average(row => source.IsRelevant(row) ? 1.0 : 0.0),
            _ => throw new ArgumentOutOfRangeException(nameof(task), spec.UserScore, "Unknown user score."),
        };

    private double RawInteraction(int row) =>
        spec.InteractionScore switch
        {
            InteractionScore.None => 0,
            InteractionScore.Tail => -logPopularity[source.Ratings.ItemIndex[row]],
            InteractionScore.Recency => source.Ratings.Times[row],
            _ => throw new ArgumentOutOfRangeException(
                nameof(row),
                spec.InteractionScore,
                "Unknown interaction score."
            ),
        };

    private static double[] LogPopularity(TaskSource source, ImmutableArray<UserTask> train)
    {
        var counts = new double[source.Ratings.Items.Count];
        foreach (var task in train)
        {
            foreach (var row in source.Ratings.RowsOf(task.User))
            {
                counts[source.Ratings.ItemIndex[row]]++;
            }
        }
        return Array.ConvertAll(counts, count => Math.Log(count + 1));
    }
}
