namespace RobustMeta.Tasks;

/// <summary>The reasons for leaving users out, in words.</summary>
public static class DropReasons
{
    /// <summary>A reason as it stands in messages, e.g. <c>fewer ratings than minRatings</c>.</summary>
    /// <param name="reason">The reason.</param>
    public static string Words(DropReason reason) =>
        reason switch
        {
            DropReason.TooFewRatings => "fewer ratings than minRatings",
            DropReason.TooManyRatings => "more ratings than maxRatings",
            DropReason.BeyondUserNum => "beyond userNum",
            DropReason.PoolTooShort => "too few ratings to draw a query from",
            DropReason.SingleClassQuery => "all candidates relevant, or none",
            DropReason.TooFewCandidates => "too few candidates for the metrics' cut-off",
            DropReason.HeldOut => "all ratings of support or query held out",
            DropReason.NoSupport => "no support",
            DropReason.UnknownItemRows => "ratings of items that the data do not have",
            DropReason.KnownPairRows => "ratings of pairs that the data have",
            _ => reason.ToString(),
        };
}
