namespace RobustMeta.Evaluation;

/// <summary>Fraction of the first K that are positive.</summary>
public sealed class Precision() : Metric("Precision", higherIsBetter: true, hasCutoff: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) => (double)Hits(query) / Cutoff;
}
