namespace RobustMeta.Tasks;

/// <summary>Why a user became no task, or a task is in no test set.</summary>
public enum DropReason
{
    /// <summary>Fewer ratings than <see cref="TaskSplitSpec.MinRatings"/> (or too few for support and query).</summary>
    TooFewRatings,

    /// <summary>More ratings than <see cref="TaskSplitSpec.MaxRatings"/>.</summary>
    TooManyRatings,

    /// <summary>Beyond the cap <see cref="TaskSplitSpec.UserNum"/>.</summary>
    BeyondUserNum,

    /// <summary>The pool is too short to draw a query longer than the metric's cut-off.</summary>
    PoolTooShort,

    /// <summary>The drawn query is all relevant or all irrelevant: no ranking metric tells models apart on it.</summary>
    SingleClassQuery,

    /// <summary>There are not more candidates than the largest cut-off K: the user has rated nearly all items.</summary>
    TooFewCandidates,

    /// <summary>All ratings of the user's support or query are held out of training.</summary>
    HeldOut,

    /// <summary>Users without a support: those of a given test file that have no task in the split, or that rated nothing shown.</summary>
    NoSupport,

    /// <summary>Interactions (not users) of a given test file with items that the data do not have.</summary>
    UnknownItemRows,

    /// <summary>Interactions (not users) of a given test file whose user and item are a pair in the data.</summary>
    KnownPairRows,
}
