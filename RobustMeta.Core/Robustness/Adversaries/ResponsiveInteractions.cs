using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>The best response among the query interactions of each user.</summary>
internal sealed class ResponsiveInteractions(SetResponse response) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => !response.Trims;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var own = batch.QueryRange(b);
            response.Respond(losses[own], weights[own]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) { }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => response.Worst(losses);
}
