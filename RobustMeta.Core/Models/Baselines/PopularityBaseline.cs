using RobustMeta.Bias;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// Ranks items by how often the meta-training users rated them, the same for all users. Its scores are log counts: an
/// order, neither logits nor ratings, so error metrics of it mean nothing.
/// </summary>
/// <param name="statistics">Counts of the meta-training users.</param>
public sealed class PopularityBaseline(ItemStatistics statistics) : IPredictor
{
    private readonly ItemStatistics statistics = statistics ?? throw new ArgumentNullException(nameof(statistics));

    /// <inheritdoc/>
    public string Name => "popularity";

    /// <inheritdoc/>
    public bool ScoresAreLabels => false;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [.. batch.QueryItems.Select(item => (float)Math.Log(1 + statistics.Counts[item]))];
    }
}
