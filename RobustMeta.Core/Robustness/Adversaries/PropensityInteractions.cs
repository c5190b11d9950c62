using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>Weights in proportion to popularity to a negative power, of mean one per user; no adversary.</summary>
internal sealed class PropensityInteractions(ImmutableArray<double> popularity, double power) : IInteractionAdversary
{
    // By item: powers are computed once, not for every interaction of every epoch.
    private readonly double[] weights = [.. popularity.Select(count => Math.Pow(Math.Max(count, 1), -power))];

    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            for (var j = batch.QueryStarts[b]; j < batch.QueryStarts[b + 1]; j++)
            {
                target[j] = weights[batch.QueryItems[j]];
            }
            RowScale.ToMeanOne(target[batch.QueryRange(b)]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses) { }

    public void EndEpoch(ReadOnlySpan<double> losses) { }

    public double Worst(ReadOnlySpan<double> losses) => double.NaN;
}
