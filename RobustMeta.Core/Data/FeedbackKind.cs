namespace RobustMeta.Data;

/// <summary>What the values of the rows of a data set are.</summary>
public enum FeedbackKind
{
    /// <summary>Ratings that users gave: high ones are liked, low ones are not.</summary>
    Explicit,

    /// <summary>Every row is a positive (a purchase, a click): all values are 1, and negatives are drawn.</summary>
    Positives,

    /// <summary>Counts or amounts of use (plays, hours), turned into labels by a <see cref="CountRule"/>; negatives are drawn.</summary>
    Counts,
}
