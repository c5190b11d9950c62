namespace RobustMeta.Evaluation;

/// <summary>Share of the positives that are among the first K. Undefined without a positive.</summary>
/// <param name="cutoff">K.</param>
public sealed class Recall(int cutoff) : Metric("Recall", cutoff, higherIsBetter: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) =>
        query.Positives == 0 ? null : (double)Hits(query) / query.Positives;
}
