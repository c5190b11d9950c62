namespace RobustMeta.Evaluation;

/// <summary>
/// Normalised discounted cumulative gain with binary gains (Järvelin and Kekäläinen, TOIS 2002): Σ rel/log₂(1+rank)
/// over the first K, divided by the value of the best ranking of the same candidates. Undefined without a positive.
/// </summary>
public sealed class Ndcg() : Metric("NDCG", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        double gain = 0;
        double ideal = 0;
        for (var rank = 0; rank < Cutoff; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            gain += query.Relevant[rank] ? discount : 0;
            ideal += rank < query.Positives ? discount : 0;
        }
        return query.Positives == 0 ? null : gain / ideal;
    }
}
