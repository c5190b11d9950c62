using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// The exact response of each user's interactions to streaming averages of the items' scores instead of the scores
/// themselves: the noise of single labels averages out.
/// </summary>
internal sealed class ItemResponsiveInteractions(SetResponse response, ItemAverages averages) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => averages.State;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> scores, Span<double> weights)
    {
        using var scratch = new Scratch(scores.Length);
        for (var j = 0; j < scores.Length; j++)
        {
            scratch.Values[j] = averages.Of(batch.QueryItems[j]);
        }
        for (var b = 0; b < batch.Count; b++)
        {
            var own = batch.QueryRange(b);
            response.Respond(scratch.Values[own], weights[own]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> scores)
    {
        for (var j = 0; j < scores.Length; j++)
        {
            averages.Add(batch.QueryItems[j], scores[j]);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> scores) { }

    public double Worst(ReadOnlySpan<double> scores) => response.Worst(scores);
}
