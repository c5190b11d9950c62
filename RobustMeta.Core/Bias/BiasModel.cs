using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Bias;

/// <summary>
/// Item effect plus user effect, both shrunk: the baseline that any model of cold users has to be compared with. Item effects come
/// from the meta-training users, without a training user's own ratings where the prediction is for that user;
/// the user's effect comes from the support set. For clicks everything is in log-odds.
/// </summary>
public sealed class BiasModel
{
    /// <summary>Pseudo-counts that pull an item's mean rating towards the global one.</summary>
    public const double RatingShrinkage = 5;

    /// <summary>Pseudo-counts that pull an item's fraction of positives towards the global one.</summary>
    public const double ClickShrinkage = 8;

    private const double UserShrinkage = 3;
    private const int NewtonSteps = 12;
    private const double SmallestProbability = 1e-4;

    private readonly LabelKind label;
    private readonly ItemStatistics statistics;
    private readonly Dictionary<int, Dictionary<int, (double Count, double Sum)>> ownRatings = [];

    /// <summary>The model of the meta-training users.</summary>
    /// <param name="source">Their ratings and labels.</param>
    /// <param name="train">Their tasks, supports and queries of which are counted.</param>
    public BiasModel(TaskSource source, ImmutableArray<UserTask> train)
    {
        ArgumentNullException.ThrowIfNull(source);
        label = source.Label;
        statistics = ItemStatistics.Of(source, train);
        foreach (var task in train)
        {
            if (!ownRatings.TryGetValue(task.User, out var own))
            {
                ownRatings.Add(task.User, own = []);
            }
            foreach (var row in task.Support.Concat(task.Query))
            {
                var item = source.Ratings.ItemIndex[row];
                var (count, sum) = own.GetValueOrDefault(item);
                own[item] = (count + 1, sum + source.LabelOf(row));
            }
        }
    }

    /// <summary>The model of statistics that were kept, for users who are not among the meta-training users.</summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="statistics">How often and how well the meta-training users rated each item.</param>
    public BiasModel(LabelKind label, ItemStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        this.label = label;
        this.statistics = statistics;
    }

    /// <summary>Ratings or logits of all support and query interactions; query labels are not looked at.</summary>
    public (ImmutableArray<float> Support, ImmutableArray<float> Query) Scores(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var support = new float[batch.SupportItems.Length];
        var query = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var own = ownRatings.GetValueOrDefault(batch.Users[b]);
            var range = batch.SupportRange(b);
            var scores = Array.ConvertAll(batch.SupportItems[range].ToArray(), item => ItemScore(item, own));
            var effect = UserEffect(scores, batch.SupportLabels.AsSpan()[range]);
            for (var j = 0; j < scores.Length; j++)
            {
                support[range.Start.Value + j] = (float)(scores[j] + effect);
            }
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                query[i] = (float)(ItemScore(batch.QueryItems[i], own) + effect);
            }
        }
        return ([.. support], [.. query]);
    }

    private double ItemScore(int item, Dictionary<int, (double Count, double Sum)>? own)
    {
        var (count, sum) = own?.GetValueOrDefault(item) ?? default;
        var pseudo = label == LabelKind.Click ? ClickShrinkage : RatingShrinkage;
        var mean =
            (statistics.Sums[item] - sum + pseudo * statistics.Mean) / (statistics.Counts[item] - count + pseudo);
        if (label == LabelKind.Rating)
        {
            return mean;
        }
        // Finite where every label is the same.
        var fraction = Math.Clamp(mean, SmallestProbability, 1 - SmallestProbability);
        return Math.Log(fraction / (1 - fraction));
    }

    // Ratings: Σ (r − item) / (n + 3). Clicks: the mode of a logistic model with a standard normal prior, by Newton's
    // method; the objective is strictly concave with curvature of at least the prior's 1, and effects stay small.
    private double UserEffect(double[] scores, ReadOnlySpan<float> labels)
    {
        double effect = 0;
        if (label == LabelKind.Rating)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                effect += labels[i] - scores[i];
            }
            return effect / (scores.Length + UserShrinkage);
        }
        for (var step = 0; step < NewtonSteps; step++)
        {
            var slope = -effect;
            double curvature = 1;
            for (var i = 0; i < scores.Length; i++)
            {
                var p = Logistic.Sigmoid(scores[i] + effect);
                slope += labels[i] - p;
                curvature += p * (1 - p);
            }
            effect += Math.Clamp(slope / curvature, -1, 1);
        }
        return effect;
    }
}
