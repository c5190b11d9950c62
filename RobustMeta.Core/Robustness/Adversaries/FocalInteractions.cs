using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>
/// Weights (1 − p)^γ with p = exp(−loss), the probability that the model gives the label, scaled to mean one per user; no
/// adversary.
/// </summary>
internal sealed class FocalInteractions(double gamma) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            for (var j = batch.QueryStarts[b]; j < batch.QueryStarts[b + 1]; j++)
            {
                weights[j] = Math.Pow(1 - Math.Exp(-Math.Max(losses[j], 0)), gamma);
            }
            RowScale.ToMeanOne(weights[batch.QueryRange(b)]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) { }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => double.NaN;
}
