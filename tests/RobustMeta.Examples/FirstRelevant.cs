using RobustMeta.Evaluation;

namespace Shop.Models;

/// <summary>A metric of one's own: 1 where the first candidate is relevant, else 0.</summary>
public sealed class FirstRelevant() : Metric("FirstRelevant", higherIsBetter: true)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query) => query.Relevant[0] ? 1 : 0;
}
