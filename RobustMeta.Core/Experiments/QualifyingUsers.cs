using RobustMeta.Data;
using RobustMeta.Shift;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>How many users of a data set have enough ratings for the default settings, and what to set where few have.</summary>
/// <param name="Users">Users with a rating.</param>
/// <param name="Trained">Users with enough ratings to be trained on.</param>
/// <param name="Measured">Users with enough ratings to be measured on the shifted test sets.</param>
/// <param name="NeededToTrain">Ratings that a user needs to be trained on.</param>
/// <param name="NeededToMeasure">Ratings that a user needs to be measured.</param>
/// <param name="Usual">Median number of ratings of a user.</param>
/// <param name="Settings">Settings that let such a user take part; empty where most do, or none would help.</param>
public sealed record QualifyingUsers(
    int Users,
    int Trained,
    int Measured,
    int NeededToTrain,
    int NeededToMeasure,
    int Usual,
    string Settings
)
{
    /// <summary>Counts users.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="feedback">What they mean: data without ratings get negatives beside the rows that they have.</param>
    public static QualifyingUsers Of(Ratings ratings, FeedbackKind feedback)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var spec = new ExperimentSpec();
        var shift = new ExponentialTilt();
        var cutoff = spec.Evaluation.MetricsFor(spec.Split.Label).Max(metric => metric.Cutoff);
        var pool = RatingsNeeded.Pool(cutoff + 1, shift.TestPoolFraction, shift.TestQueryLength)!.Value;
        var toMeasure = RatingsNeeded.OfUser(spec.Split, pool)!.Value;
        var each = feedback == FeedbackKind.Explicit ? 1 : 1 + (int)NegativeSampling.Usual;
        int[] counts =
        [
            .. Enumerable
                .Range(0, ratings.Users.Count)
                .Select(user => ratings.RowsOf(user).Length)
                .Where(count => count > 0)
                .Select(count => Math.Max(count, Math.Min(each * count, ratings.Items.Count)))
                .Order(),
        ];
        var measured = counts.Count(count => count >= toMeasure);
        var usual = counts.Length > 0 ? counts[counts.Length / 2] : 0;
        return new(
            counts.Length,
            counts.Count(count => count >= spec.Split.MinRatings),
            measured,
            spec.Split.MinRatings,
            toMeasure,
            usual,
            2 * measured < counts.Length ? RatingsNeeded.Settings(usual, cutoff, spec.Split.Label) : ""
        );
    }
}
