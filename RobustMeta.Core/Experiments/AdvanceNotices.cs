using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Robustness;

namespace RobustMeta.Experiments;

/// <summary>What should be known of an experiment before anything is trained, in lines for the user.</summary>
public static class AdvanceNotices
{
    /// <summary>The notices; none where all is as the method expects.</summary>
    /// <param name="prepared">The data side.</param>
    /// <param name="method">The method.</param>
    public static ImmutableArray<AdvanceNotice> Of(PreparedExperiment prepared, MethodSpec method)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(method);
        return
        [
            .. new[]
            {
                (About: $"cold items of {method.Name}", Text: ColdItems.Notice(prepared, method)),
                (About: $"periods of {method.DisplayName}", Text: OnePeriod(prepared, method)),
            }
                .Where(notice => notice.Text is not null)
                .Select(notice => new AdvanceNotice(notice.About, notice.Text!)),
        ];
    }

    // A trend over several periods where the data has one.
    private static string? OnePeriod(PreparedExperiment prepared, MethodSpec method)
    {
        if (
            method is not MetaMethodSpec { Robustness: { HasTrend: true, Grouping: { Periods: > 1 } wanted } }
            || UserPeriods.Of(wanted.Periods, prepared.Source.Ratings, prepared.Split.MetaTrain).Max() > 0
        )
        {
            return null;
        }
        var cause = prepared.Source.Ratings.Times.IsEmpty
            ? "ratings have no times"
            : "the first ratings of all users have the same time";
        return $"{method.DisplayName}: {prepared.Spec.Dataset} has one period where periods is {wanted.Periods}, as its {cause}. Its trend "
            + "then says how well groups of users serve each other, not what comes later: take data with times, or preset s-dro, which "
            + "looks at losses alone.";
    }
}
