using RobustMeta.Models;
using RobustMeta.Models.Baselines;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// Query items that occur in no training task, and what methods do with them: known before anything is trained.
/// </summary>
public static class ColdItems
{
    /// <summary>Number of different items in the queries of a test set, and how many of them no training task holds.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="set">The test set.</param>
    public static (int Cold, int All) Of(PreparedExperiment prepared, ShiftedTestSet set)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(set);
        var items = prepared.Source.Ratings.ItemIndex;
        var known = prepared.Split.MetaTrain.SelectMany(Rows).Select(row => items[row]).ToHashSet();
        var asked = (set.Source ?? prepared.Source).Ratings.ItemIndex;
        var all = set.Tasks.SelectMany(task => task.Query).Select(row => asked[row]).ToHashSet();
        return (all.Count(item => !known.Contains(item)), all.Count);

        static IEnumerable<int> Rows(UserTask task) => task.Support.Concat(task.Query);
    }

    /// <summary>What a method does with items that no training task holds, in one line that begins with a verb.</summary>
    /// <param name="prepared">The data side: which features there are.</param>
    /// <param name="method">The method.</param>
    public static string Handling(PreparedExperiment prepared, MethodSpec method)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(method);
        return method switch
        {
            BaselineSpec baseline => baseline.NewItems,
            MetaMethodSpec meta => Handling(prepared.SchemaOf(meta.Features)),
            _ => "says nothing of them",
        };
    }

    /// <summary>
    /// What should be known before training: the test set with the largest fraction of cold items, and what the method does with them;
    /// null where every query item was seen in training, or nearly every.
    /// </summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="method">The method.</param>
    public static string? Notice(PreparedExperiment prepared, MethodSpec method)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(method);
        var (set, (cold, all)) = prepared
            .TestSets.Select(set => (Set: set, Items: Of(prepared, set)))
            .MaxBy(x => (double)x.Items.Cold / x.Items.All);
        return cold < LeastFraction * all
            ? null
            : $"{cold} of {all} items that test set {set.Number} asks about are in no training task. "
                + $"{method.Name}: {Handling(prepared, method)}.";
    }

    // A few rare items that no training user rated are in nearly all data.
    private const double LeastFraction = 0.2;

    private static string Handling(InputSchema schema)
    {
        string[] content = [.. schema.ItemFields.Select(field => field.Name).Where(name => name != "id")];
        return content.Length > 0
            ? $"scores them by their features ({string.Join(", ", content)})"
            : "cannot score them: it tells items apart by identity alone, so that all new ones get one score (give it itemFeatures)";
    }
}
