using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>Root of the mean squared error of predicted ratings (RMSE per user, not clipped to the scale).</summary>
public sealed class RootSquaredError() : Metric("RMSE", higherIsBetter: false, errorOf: LabelKind.Rating)
{
    /// <inheritdoc/>
    protected override double? Value(RankedQuery query)
    {
        double sum = 0;
        for (var i = 0; i < query.Count; i++)
        {
            var error = (double)query.Scores[i] - query.Labels[i];
            sum += error * error;
        }
        return Math.Sqrt(sum / query.Count);
    }
}
