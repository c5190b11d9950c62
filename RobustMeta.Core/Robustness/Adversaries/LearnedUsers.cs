using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>A stored weight per training user that ascends by gradient steps or, once an epoch, by best response.</summary>
/// <param name="weights">The stored weights, by training user.</param>
/// <param name="ascent">How they ascend.</param>
/// <param name="timing">When they ascend.</param>
internal sealed class LearnedUsers(double[] weights, WeightAscent ascent, AscentTiming timing) : IUserAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            target[b] = weights[batch.Positions[b]];
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (timing == AscentTiming.Batch)
        {
            ascent.AscendSome(weights, batch.Positions.AsSpan(), values);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> values)
    {
        if (timing == AscentTiming.Epoch)
        {
            ascent.Ascend(weights, values);
        }
    }

    public double Worst(ReadOnlySpan<double> values) => ascent.Worst(values);
}
