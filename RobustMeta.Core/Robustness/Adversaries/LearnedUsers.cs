using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>A stored weight per training user that climbs by gradient steps or, once an epoch, by exact response.</summary>
/// <param name="weights">The stored weights, by training user.</param>
/// <param name="response">Exact response over all users.</param>
/// <param name="step">Gradient step, or null for exact responses.</param>
/// <param name="rate">Learning rate; 0 leaves the weights untouched.</param>
/// <param name="timing">When they climb.</param>
internal sealed class LearnedUsers(
    double[] weights,
    SetResponse response,
    IWeightStep? step,
    double rate,
    AscentTiming timing
) : IUserAdversary
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
        if (timing != AscentTiming.Batch || step is null || rate == 0)
        {
            return;
        }
        using var scratch = new Scratch(batch.Count);
        Weigh(batch, values, scratch.Values);
        step.Move(scratch.Values, values, rate);
        for (var b = 0; b < batch.Count; b++)
        {
            weights[batch.Positions[b]] = scratch.Values[b];
        }
        step.Restore(weights);
    }

    public void EndEpoch(ReadOnlySpan<double> values)
    {
        if (timing != AscentTiming.Epoch)
        {
            return;
        }
        if (step is null)
        {
            response.Respond(values, weights);
        }
        else if (rate > 0)
        {
            step.Move(weights, values, rate);
            step.Restore(weights);
        }
    }

    public double Worst(ReadOnlySpan<double> values) => response.Worst(values);
}
