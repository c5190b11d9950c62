namespace RobustMeta.Evaluation;

/// <summary>
/// Harmonic mean of precision and recall at K, per user and then averaged (the F1 of the averages is another number);
/// 0 without a hit. Undefined without a positive.
/// </summary>
public sealed class F1() : Metric("F1", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    // 2PR/(P+R) with P = h/K and R = h/n is 2h/(K+n).
    protected override double? Value(RankedQuery query) =>
        query.Positives == 0 ? null : 2.0 * Hits(query) / (Cutoff + query.Positives);
}
