namespace RobustMeta.Evaluation;

/// <summary>Fraction of the positives that are among the first K. Undefined without a positive.</summary>
public sealed class Recall() : Metric("Recall", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) =>
        query.Positives == 0 ? null : (double)Hits(query) / query.Positives;
}
