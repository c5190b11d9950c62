using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// A stored weight per item, shared by all users, that ascends by gradient steps over a set of weightings of the items
/// (the "item level" of the paper's first version). A user's weights are those of the items, scaled to mean one.
/// </summary>
/// <param name="items">Number of items.</param>
/// <param name="ascent">How they ascend, by steps.</param>
internal sealed class ItemInteractions(int items, WeightAscent ascent) : IInteractionAdversary
{
    private readonly double[] weights = [.. Enumerable.Repeat(1.0, items)];

    public IReadOnlyDictionary<string, double[]> State => new Dictionary<string, double[]> { ["items"] = weights };

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var own = target[batch.QueryRange(b)];
            for (var j = 0; j < own.Length; j++)
            {
                own[j] = weights[batch.QueryItems[batch.QueryStarts[b] + j]];
            }
            RowScale.ToMeanOne(own);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) =>
        ascent.AscendEach(weights, batch.QueryItems.AsSpan(), losses);

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => double.NaN;
}
