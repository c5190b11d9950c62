using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>What every protocol asks of the tasks of a test set.</summary>
internal static class TestSetTasks
{
    /// <summary>The tasks, where there are any.</summary>
    /// <exception cref="SettingException">There is none; the message names the test set, the reasons and the remedies.</exception>
    public static ImmutableArray<UserTask> Require(
        ImmutableArray<UserTask> tasks,
        FormattableString testSet,
        SortedDictionary<DropReason, int> dropped
    ) =>
        tasks.IsEmpty
            ? throw new SettingException(
                $"Test set {testSet.ToString(CultureInfo.InvariantCulture)} is empty: "
                    + (dropped.Count == 0 ? "no query was drawn" : string.Join(", ", dropped.Select(Describe)))
                    + ". Lower testQueryLength where ratings are too few and raise it where queries have one class; raise "
                    + "testFraction for more users, move labelThreshold, or change candidates."
            )
            : tasks;

    private static string Describe(KeyValuePair<DropReason, int> dropped) =>
        dropped.Key switch
        {
            DropReason.SingleClassQuery => $"{dropped.Value} drawn queries have one class only",
            DropReason.TooFewCandidates => $"{dropped.Value} have too few candidates for the metrics' cut-off",
            _ => $"{dropped.Value} have {DropReasons.Words(dropped.Key)}",
        };
}
