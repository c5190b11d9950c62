namespace RobustMeta.Evaluation;

/// <summary>
/// Mean of the precisions at the ranks of the positives among the first K, over min(K, positives). Its mean over users
/// is MAP. Undefined without a positive.
/// </summary>
public sealed class AveragePrecision() : Metric("MAP", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        double sum = 0;
        var hits = 0;
        for (var rank = 0; rank < Cutoff; rank++)
        {
            if (query.Relevant[rank])
            {
                sum += (double)++hits / (rank + 1);
            }
        }
        return query.Positives == 0 ? null : sum / Math.Min(Cutoff, query.Positives);
    }
}
