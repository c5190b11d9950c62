namespace RobustMeta.Evaluation;

/// <summary>
/// NDCG on a scale where a random ranking has 0 in expectation and the best one 1: (NDCG − E) / (1 − E). Queries with many
/// positives have a high NDCG whatever the ranking; this takes that head start away. Undefined without a positive, and
/// where every candidate is one.
/// </summary>
public sealed class RandomNormalisedNdcg() : Metric("RNDCG", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        if (query.Positives == 0 || query.Positives == query.Count)
        {
            return null;
        }
        double gain = 0;
        double ideal = 0;
        double all = 0;
        for (var rank = 0; rank < Cutoff; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            gain += query.Relevant[rank] ? discount : 0;
            ideal += rank < query.Positives ? discount : 0;
            all += discount;
        }
        // At any rank of a random ranking stands a positive with this probability.
        var random = all * query.Positives / query.Count;
        return (gain - random) / (ideal - random);
    }
}
