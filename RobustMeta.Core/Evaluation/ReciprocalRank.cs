namespace RobustMeta.Evaluation;

/// <summary>One over the rank of the first positive, 0 if it is not among the first K. Undefined without one.</summary>
public sealed class ReciprocalRank() : Metric("MRR", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        if (query.Positives == 0)
        {
            return null;
        }
        for (var rank = 0; rank < Cutoff; rank++)
        {
            if (query.Relevant[rank])
            {
                return 1.0 / (rank + 1);
            }
        }
        return 0;
    }
}
