using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Standardised properties of users and interactions along which test sets are shifted. Means and spreads come from the
/// meta-training tasks, popularity from all ratings of the meta-training users: nothing is learned from test users.
/// </summary>
public sealed class ShiftProperties
{
    private readonly TaskSource source;
    private readonly UserShiftProperty ofUsers;
    private readonly InteractionShiftProperty ofInteractions;
    private readonly ImmutableArray<double> logPopularity;
    private readonly Standardiser users;
    private readonly Standardiser interactions;

    /// <summary>Properties fitted to the meta-training tasks.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks; not empty.</param>
    /// <param name="ofUsers">Which property of users.</param>
    /// <param name="ofInteractions">Which property of interactions.</param>
    /// <exception cref="ArgumentException">Recency is asked for and the ratings have no times.</exception>
    public ShiftProperties(
        TaskSource source,
        ImmutableArray<UserTask> train,
        UserShiftProperty ofUsers,
        InteractionShiftProperty ofInteractions
    )
    {
        if (ofInteractions == InteractionShiftProperty.Recency && source.Ratings.Times.IsEmpty)
        {
            throw new ArgumentException(
                $"interactionShift recency needs times, which '{source.Ratings.Name}' lacks; choose tail or none."
            );
        }
        this.source = source;
        this.ofUsers = ofUsers;
        this.ofInteractions = ofInteractions;
        logPopularity = ItemPopularities.Logarithms(source, train);
        users = new([.. train.Select(RawUser)]);
        interactions = new([.. train.SelectMany(t => t.Query).Select(RawInteraction)]);
    }

    /// <summary>Standardised property of a user, from the support set alone (activity: from all ratings).</summary>
    public double User(UserTask task) => users.Of(RawUser(task));

    /// <summary>Standardised property of an interaction (a row of the ratings).</summary>
    public double Interaction(int row) => interactions.Of(RawInteraction(row));

    private double RawUser(UserTask task) =>
        ofUsers switch
        {
            UserShiftProperty.None => 0,
            UserShiftProperty.Niche => -task.Support.Average(row => logPopularity[source.Ratings.ItemIndex[row]]),
            UserShiftProperty.Activity => Math.Log(source.Ratings.RowsOf(task.User).Length),
            UserShiftProperty.PositiveRate => task.Support.Average(row => source.IsRelevant(row) ? 1.0 : 0.0),
            _ => throw new ArgumentOutOfRangeException(nameof(task), ofUsers, "Unknown property of users."),
        };

    private double RawInteraction(int row) =>
        ofInteractions switch
        {
            InteractionShiftProperty.None => 0,
            InteractionShiftProperty.Tail => -logPopularity[source.Ratings.ItemIndex[row]],
            InteractionShiftProperty.Recency => source.Ratings.Times[row],
            _ => throw new ArgumentOutOfRangeException(
                nameof(row),
                ofInteractions,
                "Unknown property of interactions."
            ),
        };
}
