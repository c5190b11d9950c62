using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Standardised properties of users and interactions along which test sets are shifted. Means and spreads come from the
/// meta-training tasks, popularity from all ratings of the meta-training users, clusters and hardness from their tasks: nothing
/// is learned from test users.
/// </summary>
public sealed class ShiftProperties
{
    private readonly Func<UserTask, double> rawUser;
    private readonly Func<int, double> rawInteraction;
    private readonly Standardiser users;
    private readonly Standardiser interactions;

    /// <summary>Properties fitted to the meta-training tasks.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks; not empty.</param>
    /// <param name="ofUsers">Which property of users.</param>
    /// <param name="ofInteractions">Which property of interactions.</param>
    /// <param name="details">The feature, and the cluster; null: none, and the largest of eight.</param>
    /// <exception cref="SettingException">
    /// Recency is asked for and the ratings have no times, a feature and none is named, or a cluster that is not there.
    /// </exception>
    public ShiftProperties(
        TaskSource source,
        ImmutableArray<UserTask> train,
        UserShiftProperty ofUsers,
        InteractionShiftProperty ofInteractions,
        ShiftPropertyDetails? details = null
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        var all = new RawProperties(source, train, details ?? ShiftPropertyDetails.None);
        rawUser = all.OfUsers(ofUsers);
        rawInteraction = all.OfInteractions(ofInteractions);
        users = new([.. train.Select(rawUser)]);
        interactions = new([.. train.SelectMany(t => t.Query).Select(rawInteraction)]);
    }

    /// <summary>Standardised property of a user, from the support set alone (activity: from all ratings).</summary>
    public double User(UserTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return users.Of(rawUser(task));
    }

    /// <summary>Standardised property of an interaction (a row of the ratings).</summary>
    public double Interaction(int row) => interactions.Of(rawInteraction(row));
}
