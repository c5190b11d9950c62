using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>Mean binary cross-entropy of scores read as logits against relevance.</summary>
public sealed class LogLoss() : Metric("LogLoss", higherIsBetter: false, errorOf: LabelKind.Click)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        double sum = 0;
        for (var i = 0; i < query.Count; i++)
        {
            double score = query.Scores[i];
            sum += Math.Max(score, 0) + Logistic.Tail(score) - (query.Relevant[i] ? score : 0);
        }
        return sum / query.Count;
    }
}
