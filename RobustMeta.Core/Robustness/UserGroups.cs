using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>Divides training users into groups.</summary>
public static class UserGroups
{
    /// <summary>Group of each training user, numbered from 0 without gaps.</summary>
    /// <param name="spec">What groups are made by.</param>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="seed">Master seed of the run (clusters).</param>
    /// <exception cref="SettingException">The feature does not exist or holds no tokens.</exception>
    public static ImmutableArray<int> Of(GroupSpec spec, TaskSource source, ImmutableArray<UserTask> tasks, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(source);
        var train = source.All(tasks);
        return spec.Groups switch
        {
            Grouping.Activity => EquallyLarge(
                [.. tasks.Select(task => (double)source.Ratings.RowsOf(task.User).Length)],
                spec.GroupCount
            ),
            Grouping.Popularity => EquallyLarge(
                [.. UserStatistics.Of(train, ItemPopularity.Of(train, source.Ratings.Items.Count)).Select(s => s[1])],
                spec.GroupCount
            ),
            Grouping.Cluster => WithoutGaps(
                KMeans
                    .Of(
                        UserStatistics.Of(train, ItemPopularity.Of(train, source.Ratings.Items.Count)),
                        spec.GroupCount,
                        Seeds.Generator(seed, "user clusters")
                    )
                    .Assigned
            ),
            Grouping.Feature => ByFeature(source.Ratings, tasks, spec.GroupFeature),
            _ => throw new SettingException($"There is no grouping '{spec.Groups}'."),
        };
    }

    // Numbers of groups with members alone, from 0.
    private static ImmutableArray<int> WithoutGaps(ImmutableArray<int> groups)
    {
        var present = groups.Distinct().Order().ToList();
        return [.. groups.Select(group => present.IndexOf(group))];
    }

    /// <summary>Users divided by a score into equally many, group 0 those of the lowest; ties keep their order.</summary>
    internal static ImmutableArray<int> EquallyLarge(double[] scores, int groups)
    {
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        var assigned = new int[scores.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            assigned[order[rank]] = (int)((long)rank * Math.Min(groups, order.Length) / order.Length);
        }
        return [.. assigned];
    }

    private static ImmutableArray<int> ByFeature(Ratings ratings, ImmutableArray<UserTask> tasks, string name)
    {
        var column = ratings.UserFeatures.Columns.OfType<TokenColumn>().FirstOrDefault(c => c.Name == name);
        if (column is null)
        {
            var names = ratings.UserFeatures.Columns.OfType<TokenColumn>().Select(c => c.Name).ToList();
            throw new SettingException(
                $"groupFeature is '{name}'; '{ratings.Name}' has the user features {string.Join(", ", names)}"
                    + NearestName.Hint(name, names)
            );
        }
        var tokens = tasks.Select(task => column.Tokens[task.User]).ToList();
        var present = tokens.Distinct().Order().ToList();
        return [.. tokens.Select(token => present.IndexOf(token))];
    }
}
