using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// Labels mixed with the reference's predictions, (1 − d) y + d ŷ: the control that shows how much of an excess-risk gain
/// comes from the reference alone, without an adversary.
/// </summary>
internal static class Distillation
{
    public static TaskBatch Relabel(
        TaskBatch batch,
        LabelKind label,
        ReadOnlySpan<float> scores,
        ImmutableArray<int> offsets,
        double share
    )
    {
        var labels = ImmutableArray.CreateBuilder<float>(batch.QueryItems.Length);
        for (var b = 0; b < batch.Count; b++)
        {
            var start = offsets[batch.Positions[b]];
            for (var j = 0; j < batch.QueryLength(b); j++)
            {
                double score = scores[start + j];
                var prediction = label == LabelKind.Click ? 1 / (1 + Math.Exp(-score)) : score;
                labels.Add((float)((1 - share) * batch.QueryLabels[batch.QueryOffsets[b] + j] + share * prediction));
            }
        }
        return batch.WithQueryLabels(labels.MoveToImmutable());
    }
}
