namespace RobustMeta.Tasks;

/// <summary>How a user's ratings are divided into support and query.</summary>
public enum SupportRule
{
    /// <summary>
    /// At random, the support being <c>min(supportSize, ⌊n/2⌋)</c> ratings and the query the rest, up to
    /// <c>queryLength</c>.
    /// </summary>
    HalfUpTo,

    /// <summary>At random, the query being exactly <c>queryLength</c> ratings and the support all the rest (MeLU).</summary>
    AllButQuery,
}
