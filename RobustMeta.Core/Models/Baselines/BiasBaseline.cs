using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// Item offset plus user offset, both shrunk: the strongest of the simple models for cold users. Item offsets come
/// from the meta-training users, the user's own from the support set. For clicks everything is in log-odds.
/// </summary>
public sealed class BiasBaseline : IPredictor
{
    /// <summary>Pseudo-counts that pull an item's mean rating towards the global one.</summary>
    public const double RatingShrinkage = 5;

    /// <summary>Pseudo-counts that pull an item's share of positives towards the global one.</summary>
    public const double ClickShrinkage = 8;

    private const double UserShrinkage = 3;
    private const int NewtonSteps = 12;

    private readonly LabelKind label;
    private readonly ImmutableArray<double> itemScores;

    /// <summary>The model of some statistics.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="statistics">Statistics of the meta-training users.</param>
    public BiasBaseline(LabelKind label, ItemStatistics statistics)
    {
        this.label = label;
        itemScores = [.. statistics.Counts.Select((_, item) => ItemScore(label, statistics, item))];
    }

    /// <inheritdoc/>
    public string Name => "bias";

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        var scores = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var offset = UserOffset(batch, b);
            for (var i = batch.QueryOffsets[b]; i < batch.QueryOffsets[b + 1]; i++)
            {
                scores[i] = (float)(itemScores[batch.QueryItems[i]] + offset);
            }
        }
        return scores;
    }

    private static double ItemScore(LabelKind label, ItemStatistics statistics, int item)
    {
        var pseudo = label == LabelKind.Click ? ClickShrinkage : RatingShrinkage;
        var mean = (statistics.Sums[item] + pseudo * statistics.Mean) / (statistics.Counts[item] + pseudo);
        return label == LabelKind.Rating ? mean : Math.Log(mean / (1 - mean));
    }

    // Ratings: Σ (r − item) / (n + 3). Clicks: the mode of a logistic model with a standard normal prior, by Newton's
    // method; the objective is strictly concave with curvature of at least the prior's 1, and offsets stay small.
    private double UserOffset(TaskBatch batch, int b)
    {
        var range = batch.SupportOffsets[b]..batch.SupportOffsets[b + 1];
        var items = batch.SupportItems.AsSpan()[range];
        var labels = batch.SupportLabels.AsSpan()[range];
        double offset = 0;
        if (label == LabelKind.Rating)
        {
            for (var i = 0; i < items.Length; i++)
            {
                offset += labels[i] - itemScores[items[i]];
            }
            return offset / (items.Length + UserShrinkage);
        }
        for (var step = 0; step < NewtonSteps; step++)
        {
            var slope = -offset;
            double curvature = 1;
            for (var i = 0; i < items.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(-(itemScores[items[i]] + offset)));
                slope += labels[i] - p;
                curvature += p * (1 - p);
            }
            offset += Math.Clamp(slope / curvature, -1, 1);
        }
        return offset;
    }
}
