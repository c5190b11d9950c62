using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>A stored weight per training interaction, in rows of users; each row ascends over the set on its own.</summary>
/// <param name="weights">The stored weights.</param>
/// <param name="starts">Start of each training user's row.</param>
/// <param name="ascent">How a row ascends.</param>
/// <param name="timing">When they ascend.</param>
internal sealed class LearnedInteractions(
    double[] weights,
    ImmutableArray<int> starts,
    WeightAscent ascent,
    AscentTiming timing
) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public bool RespondsExactly => false;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> losses, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            Row(batch.Positions[b]).CopyTo(target[batch.QueryStarts[b]..]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> losses)
    {
        // A row has all its losses in every batch, but responses to a single batch are not stored.
        if (timing == AscentTiming.Batch && ascent.TakesSteps)
        {
            for (var b = 0; b < batch.Count; b++)
            {
                ascent.Ascend(Row(batch.Positions[b]), losses[batch.QueryRange(b)]);
            }
        }
    }

    public void EndEpoch(ReadOnlySpan<double> losses)
    {
        if (timing == AscentTiming.Epoch)
        {
            for (var user = 0; user < starts.Length - 1; user++)
            {
                ascent.Ascend(Row(user), losses[starts[user]..starts[user + 1]]);
            }
        }
    }

    public double Worst(ReadOnlySpan<double> losses) => ascent.Worst(losses);

    private Span<double> Row(int user) => weights.AsSpan(starts[user]..starts[user + 1]);
}
