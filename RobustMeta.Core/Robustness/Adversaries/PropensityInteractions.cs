using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>Weights in proportion to popularity to a negative power, of mean one per user; no adversary.</summary>
internal sealed class PropensityInteractions(ImmutableArray<double> popularity, double power) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> weights)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            for (var j = batch.QueryStarts[b]; j < batch.QueryStarts[b + 1]; j++)
            {
                weights[j] = Math.Pow(Math.Max(popularity[batch.QueryItems[j]], 1), -power);
            }
            RowScale.ToMeanOne(weights[batch.QueryRange(b)]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) { }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => double.NaN;
}
