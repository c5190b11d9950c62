using RobustMeta.Robustness.Sets;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>A stored weight per training user that ascends by gradient steps or, once an epoch, by best response.</summary>
/// <param name="weights">The stored weights, by training user; up to date after <see cref="Settle"/>.</param>
/// <param name="ascent">How they ascend.</param>
/// <param name="timing">When they ascend.</param>
internal sealed class LearnedUsers(double[] weights, WeightAscent ascent, AscentTiming timing) : IUserAdversary
{
    private readonly DeferredWeights? deferred = ascent.Defer();

    // Whether the weights are in `deferred`; and whether a step of this epoch took the whole vector, as the next ones may.
    private bool isDeferred;
    private bool needsAll;

    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> values, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            target[b] = isDeferred ? deferred![user] : weights[user];
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> values)
    {
        if (timing != AscentTiming.Batch)
        {
            return;
        }
        if (deferred is null || needsAll)
        {
            ascent.AscendSome(weights, batch.Positions.AsSpan(), values);
            return;
        }
        if (!isDeferred)
        {
            deferred.Load(weights);
        }
        isDeferred = ascent.TryAscendSome(deferred, batch.Positions.AsSpan(), values, weights);
        needsAll = !isDeferred;
    }

    public void Settle()
    {
        if (isDeferred)
        {
            deferred!.CopyTo(weights);
            isDeferred = false;
        }
    }

    public void EndEpoch(ReadOnlySpan<double> values)
    {
        needsAll = false;
        if (timing == AscentTiming.Epoch)
        {
            ascent.Ascend(weights, values);
        }
    }

    public double Worst(ReadOnlySpan<double> values) => ascent.Worst(values);
}
