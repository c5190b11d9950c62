using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// The mean label of each item over the meta-training users, shrunk to the global mean, the same for all users: a rating, or
/// the log-odds of the fraction of positives.
/// </summary>
/// <param name="label">What is predicted.</param>
/// <param name="statistics">Counts and sums of the meta-training users.</param>
/// <param name="shrink">Pseudo-counts of the global mean.</param>
public sealed class ItemMeanBaseline(LabelKind label, ItemStatistics statistics, double shrink) : IPredictor
{
    // Log-odds stay finite where an item was always, or never, clicked.
    private const double Edge = 1e-4;

    private readonly ItemStatistics statistics = statistics ?? throw new ArgumentNullException(nameof(statistics));

    /// <inheritdoc/>
    public string Name => "itemMean";

    /// <inheritdoc/>
    public bool ScoresAreLabels => true;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [.. batch.QueryItems.Select(item => (float)Score(item))];
    }

    private double Score(int item)
    {
        var count = statistics.Counts[item] + shrink;
        var mean = count > 0 ? (statistics.Sums[item] + shrink * statistics.Mean) / count : statistics.Mean;
        if (label == LabelKind.Rating)
        {
            return mean;
        }
        var share = Math.Clamp(mean, Edge, 1 - Edge);
        return Math.Log(share / (1 - share));
    }
}
