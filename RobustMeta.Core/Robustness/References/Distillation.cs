using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// Labels mixed with the reference's predictions, (1 − d) y + d ŷ: the control that shows how much of a gain by excess loss
/// comes from the reference alone, without an adversary.
/// </summary>
internal static class Distillation
{
    public static TaskBatch Relabel(
        TaskBatch batch,
        LabelKind label,
        ReadOnlySpan<float> scores,
        ImmutableArray<int> starts,
        double fraction
    )
    {
        var labels = ImmutableArray.CreateBuilder<float>(batch.QueryItems.Length);
        for (var b = 0; b < batch.Count; b++)
        {
            var start = starts[batch.Positions[b]];
            for (var j = 0; j < batch.QueryLength(b); j++)
            {
                double score = scores[start + j];
                var prediction = PointLoss.Prediction(label, score);
                labels.Add(
                    (float)((1 - fraction) * batch.QueryLabels[batch.QueryStarts[b] + j] + fraction * prediction)
                );
            }
        }
        return batch.WithQueryLabels(labels.MoveToImmutable());
    }
}
