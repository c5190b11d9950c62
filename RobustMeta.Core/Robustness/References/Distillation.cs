using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// Labels mixed with the reference's predictions, (1 − d) y + d ŷ: the control that shows how much of a gain by excess loss
/// comes from the reference alone, without an adversary.
/// </summary>
/// <param name="label">What is predicted.</param>
/// <param name="scores">The reference's score of each training query interaction, user after user.</param>
/// <param name="starts">Start of each training user's interactions.</param>
/// <param name="fraction">d, in (0, 1].</param>
internal sealed class Distillation(
    LabelKind label,
    ReadOnlySpan<float> scores,
    ImmutableArray<int> starts,
    double fraction
)
{
    // Computed once: every epoch asks for all of them.
    private readonly double[] predictions = Predictions(label, scores);

    /// <summary>A batch with mixed query labels; positions are indices of training users.</summary>
    public TaskBatch Relabel(TaskBatch batch)
    {
        var labels = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var own = predictions.AsSpan(starts[batch.Positions[b]], batch.QueryLength(b));
            var given = batch.QueryLabels.AsSpan()[batch.QueryRange(b)];
            var mixed = labels.AsSpan()[batch.QueryRange(b)];
            for (var j = 0; j < own.Length; j++)
            {
                mixed[j] = (float)((1 - fraction) * given[j] + fraction * own[j]);
            }
        }
        return batch.WithQueryLabels(ImmutableCollectionsMarshal.AsImmutableArray(labels));
    }

    private static double[] Predictions(LabelKind label, ReadOnlySpan<float> scores)
    {
        var predictions = new double[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            predictions[i] = PointLoss.Prediction(label, scores[i]);
        }
        return predictions;
    }
}
