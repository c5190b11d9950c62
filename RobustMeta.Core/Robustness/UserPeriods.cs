using System.Collections.Immutable;
using RobustMeta.Data;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// Divides training users by when they came: equally many in each period, from the earliest to the latest first rating, as TDRO's
/// authors divide items (Lin et al., AAAI 2024, split mode <c>global</c>).
/// </summary>
public static class UserPeriods
{
    /// <summary>
    /// Period of each training user, numbered from 0; one for all where ratings have no times, or all first ratings the same.
    /// </summary>
    /// <param name="count">Wanted number of periods, at least 1.</param>
    /// <param name="ratings">The ratings.</param>
    /// <param name="tasks">Training tasks; support and query alone are looked at.</param>
    public static ImmutableArray<int> Of(int count, Ratings ratings, ImmutableArray<UserTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        if (ratings.Times.IsEmpty)
        {
            return [.. new int[tasks.Length]];
        }
        double[] first = [.. tasks.Select(task => (double)First(ratings, task))];
        // Users who came at once would be divided by their order in the file.
        return Array.TrueForAll(first, time => time == first[0])
            ? [.. new int[tasks.Length]]
            : UserGroups.EquallyLarge(first, count);
    }

    private static long First(Ratings ratings, UserTask task) =>
        task.Support.Concat(task.Query).Min(row => ratings.Times[row]);
}
