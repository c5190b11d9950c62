using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>Mean absolute error of predicted ratings (MAE per user, not clipped to the scale).</summary>
public sealed class AbsoluteError() : Metric("MAE", higherIsBetter: false, errorOf: LabelKind.Rating)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        double sum = 0;
        for (var i = 0; i < query.Count; i++)
        {
            sum += Math.Abs((double)query.Scores[i] - query.Labels[i]);
        }
        return sum / query.Count;
    }
}
