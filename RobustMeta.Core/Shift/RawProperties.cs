using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>The properties behind <see cref="ShiftProperties"/>, before they are standardised.</summary>
/// <param name="source">Ratings and labels.</param>
/// <param name="train">Meta-training tasks.</param>
/// <param name="details">The feature, and the cluster.</param>
internal sealed class RawProperties(TaskSource source, ImmutableArray<UserTask> train, ShiftPropertyDetails details)
{
    private readonly Ratings ratings = source.Ratings;
    private readonly Lazy<ImmutableArray<double>> logPopularity = new(() => ItemPopularities.Logarithms(source, train));
    private readonly Lazy<TasteClusters> clusters = new(() =>
        TasteClusters.Of(source, train, details.Clusters, details.Seed)
    );

    /// <summary>A property of users.</summary>
    /// <exception cref="SettingException">It needs a feature or cluster that is not there.</exception>
    public Func<UserTask, double> OfUsers(UserShiftProperty property)
    {
        switch (property)
        {
            case UserShiftProperty.None:
                return _ => 0;
            case UserShiftProperty.Niche:
                return MeanOf(InteractionShiftProperty.Tail);
            case UserShiftProperty.Activity:
                return task => Math.Log(ratings.RowsOf(task.User).Length);
            case UserShiftProperty.PositiveRate:
                return task => task.Support.Average(row => source.IsRelevant(row) ? 1.0 : 0.0);
            case UserShiftProperty.Rating:
                return MeanOf(InteractionShiftProperty.Rating);
            case UserShiftProperty.Feature:
                return MeanOf(InteractionShiftProperty.Feature);
            case UserShiftProperty.Cluster:
                RequireCluster("userShift");
                return task => clusters.Value.OfUser(task) == details.Cluster ? 1 : 0;
            case UserShiftProperty.Hardness:
                return MeanOf(InteractionShiftProperty.Hardness);
            default:
                throw new ArgumentOutOfRangeException(nameof(property), property, "Unknown property of users.");
        }
    }

    /// <summary>A property of interactions, by row of the ratings.</summary>
    /// <exception cref="SettingException">It needs times, a feature or a cluster that is not there.</exception>
    public Func<int, double> OfInteractions(InteractionShiftProperty property)
    {
        switch (property)
        {
            case InteractionShiftProperty.None:
                return _ => 0;
            case InteractionShiftProperty.Tail:
                return row => -logPopularity.Value[ratings.ItemIndex[row]];
            case InteractionShiftProperty.Recency:
                return ratings.Times.IsEmpty
                    ? throw new SettingException(
                        $"interactionShift recency needs times, which '{ratings.Name}' lacks; choose tail or none."
                    )
                    : row => ratings.Times[row];
            case InteractionShiftProperty.Rating:
                return row => ratings.Values[row];
            case InteractionShiftProperty.Feature:
                var members = Members();
                return row => members[ratings.ItemIndex[row]];
            case InteractionShiftProperty.Cluster:
                RequireCluster("interactionShift");
                return row => clusters.Value.OfItem(ratings.ItemIndex[row]) == details.Cluster ? 1 : 0;
            case InteractionShiftProperty.Hardness:
                var hardness = RowHardness.Of(source, train);
                return row => hardness[row];
            default:
                throw new ArgumentOutOfRangeException(nameof(property), property, "Unknown property of interactions.");
        }
    }

    private Func<UserTask, double> MeanOf(InteractionShiftProperty property)
    {
        var ofRow = OfInteractions(property);
        return task => task.Support.Average(ofRow);
    }

    private double[] Members() =>
        details.Feature == FeatureGroup.None
            ? throw new SettingException(
                "userShift or interactionShift is feature, and no feature is named: set shiftFeature to feature=token of "
                    + "items, e.g. genre=Horror."
            )
            : FeatureGroup.Members(ratings.ItemFeatures, "shiftFeature", details.Feature);

    private void RequireCluster(string key)
    {
        if (details.Cluster >= details.Clusters)
        {
            throw new SettingException(
                $"{key} is cluster, and shiftCluster is {details.Cluster} of {details.Clusters} clusters: numbers begin at 0. "
                    + "Lower shiftCluster or raise shiftClusters."
            );
        }
    }
}
