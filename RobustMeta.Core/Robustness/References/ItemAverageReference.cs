using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>
/// The streaming average of the model's own losses on the same item: an interaction is in excess when the item is usually
/// predicted better. Needs no second model; the averages move during training.
/// </summary>
/// <param name="items">Number of items.</param>
/// <param name="horizon">Number of observations after which old ones are forgotten.</param>
public sealed class ItemAverageReference(int items, double horizon) : Reference
{
    private readonly ItemAverages averages = new(items, horizon);

    /// <inheritdoc/>
    public override string Name => "itemAverage";

    /// <inheritdoc/>
    public override IPredictor? Predictor => null;

    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Scores => default;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double[]> State =>
        averages.State.ToDictionary(entry => $"reference.{entry.Key}", entry => entry.Value);

    /// <inheritdoc/>
    public override void UserMeans(TaskBatch batch, Span<double> means)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            double sum = 0;
            for (var j = batch.QueryStarts[b]; j < batch.QueryStarts[b + 1]; j++)
            {
                sum += averages.Of(batch.QueryItems[j]);
            }
            means[b] = sum / batch.QueryLength(b);
        }
    }

    /// <inheritdoc/>
    public override void Excess(TaskBatch batch, ReadOnlySpan<float> losses, Span<double> excess)
    {
        // First all of the batch's excesses, then the averages with its losses: a loss is not compared with itself.
        for (var j = 0; j < losses.Length; j++)
        {
            excess[j] = losses[j] - averages.Of(batch.QueryItems[j]);
        }
        for (var j = 0; j < losses.Length; j++)
        {
            averages.Add(batch.QueryItems[j], losses[j]);
        }
    }
}
