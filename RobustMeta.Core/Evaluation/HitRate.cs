namespace RobustMeta.Evaluation;

/// <summary>1 if a positive is among the first K, else 0. Undefined without a positive.</summary>
public sealed class HitRate() : Metric("HR", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) =>
        query.Positives == 0 ? null
        : Hits(query) > 0 ? 1
        : 0;
}
