using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>What every protocol asks of the tasks of a test set.</summary>
internal static class TestSetTasks
{
    /// <summary>The tasks, where there are any.</summary>
    /// <param name="tasks">The tasks that can be measured.</param>
    /// <param name="testSet">Its name in the message.</param>
    /// <param name="dropped">Those that cannot, counted by reason.</param>
    /// <param name="longest">The longest query of those that have too few ratings.</param>
    /// <param name="needed">The shortest query that can be measured.</param>
    /// <exception cref="SettingException">There is none; the message names the test set, the reasons and the remedies.</exception>
    public static ImmutableArray<UserTask> Require(
        ImmutableArray<UserTask> tasks,
        FormattableString testSet,
        SortedDictionary<DropReason, int> dropped,
        int longest,
        int needed
    ) =>
        tasks.IsEmpty
            ? throw new SettingException(
                $"Test set {testSet.ToString(CultureInfo.InvariantCulture)} is empty: "
                    + (
                        dropped.Count == 0
                            ? "no query was drawn"
                            : string.Join(", ", dropped.Select(reason => Describe(reason, longest, needed)))
                    )
                    + ". Raise testQueryLength where queries have one class; raise "
                    + "testFraction for more users, move labelThreshold, or change candidates."
            )
            : tasks;

    private static string Describe(KeyValuePair<DropReason, int> dropped, int longest, int needed) =>
        dropped.Key switch
        {
            DropReason.SingleClassQuery => $"{dropped.Value} drawn queries have one class only",
            DropReason.PoolTooShort =>
                $"{dropped.Value} have {DropReasons.Words(dropped.Key)} (the longest has {longest} and the metrics need {needed}, "
                    + (
                        longest < 2
                            ? "so that these users need more ratings)"
                            : $"one more than their largest cut-off: choose a smaller one, such as metrics NDCG@{Math.Max(1, longest / 2)})"
                    ),
            DropReason.TooFewCandidates => $"{dropped.Value} have too few candidates for the metrics' cut-off",
            _ => $"{dropped.Value} have {DropReasons.Words(dropped.Key)}",
        };
}
