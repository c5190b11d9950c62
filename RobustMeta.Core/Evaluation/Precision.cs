namespace RobustMeta.Evaluation;

/// <summary>Share of the first K that are positive.</summary>
/// <param name="cutoff">K.</param>
public sealed class Precision(int cutoff) : Metric("Precision", cutoff, higherIsBetter: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) => (double)Hits(query) / Cutoff;
}
