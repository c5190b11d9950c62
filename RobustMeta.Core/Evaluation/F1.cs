namespace RobustMeta.Evaluation;

/// <summary>
/// Harmonic mean of precision and recall at K, per user and then averaged (the F1 of the averages is another number);
/// 0 without a hit. Undefined without a positive.
/// </summary>
/// <param name="cutoff">K.</param>
public sealed class F1(int cutoff) : Metric("F1", cutoff, higherIsBetter: true)
{
    /// <inheritdoc/>
    // 2PR/(P+R) with P = h/K and R = h/n is 2h/(K+n).
    protected override double? Value(RankedQuery query) =>
        query.Positives == 0 ? null : 2.0 * Hits(query) / (Cutoff + query.Positives);
}
