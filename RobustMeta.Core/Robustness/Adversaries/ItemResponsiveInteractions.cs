using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// The best response of each user's interactions to streaming averages of the items' losses instead of the losses
/// themselves: the noise of single labels averages out.
/// </summary>
internal sealed class ItemResponsiveInteractions(SetResponse response, ItemAverages averages) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => averages.State;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights)
    {
        using var scratch = new Scratch(losses.Length);
        for (var j = 0; j < losses.Length; j++)
        {
            scratch.Values[j] = averages.Of(batch.QueryItems[j]);
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var own = batch.QueryRange(b);
            response.Respond(scratch.Values[own], weights[own]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses)
    {
        for (var j = 0; j < losses.Length; j++)
        {
            averages.Add(batch.QueryItems[j], losses[j]);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => response.Worst(losses);
}
