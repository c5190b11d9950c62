using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>A stored weight per training interaction, in rows of users, that climbs like <see cref="LearnedUsers"/>.</summary>
/// <param name="weights">The stored weights.</param>
/// <param name="offsets">Start of each training user's row.</param>
/// <param name="response">Exact response over one row.</param>
/// <param name="step">Gradient step, or null for exact responses.</param>
/// <param name="rate">Learning rate; 0 leaves the weights untouched.</param>
/// <param name="timing">When they climb.</param>
internal sealed class LearnedInteractions(
    double[] weights,
    ImmutableArray<int> offsets,
    SetResponse response,
    IWeightStep? step,
    double rate,
    AscentTiming timing
) : IInteractionAdversary
{
    public IReadOnlyDictionary<string, double[]> State => NoState.Instance;

    public void Weigh(TaskBatch batch, ReadOnlySpan<double> scores, Span<double> target)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            Row(batch.Positions[b]).CopyTo(target[batch.QueryOffsets[b]..]);
        }
    }

    public void Ascend(TaskBatch batch, ReadOnlySpan<double> scores)
    {
        if (timing != AscentTiming.Batch || step is null || rate == 0)
        {
            return;
        }
        for (var b = 0; b < batch.Count; b++)
        {
            Climb(Row(batch.Positions[b]), scores[batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]]);
        }
    }

    public void EndEpoch(ReadOnlySpan<double> scores)
    {
        if (timing != AscentTiming.Epoch)
        {
            return;
        }
        for (var user = 0; user < offsets.Length - 1; user++)
        {
            Climb(Row(user), scores[offsets[user]..offsets[user + 1]]);
        }
    }

    public double Worst(ReadOnlySpan<double> scores) => response.Worst(scores);

    private Span<double> Row(int user) => weights.AsSpan(offsets[user]..offsets[user + 1]);

    private void Climb(Span<double> row, ReadOnlySpan<double> scores)
    {
        if (step is null)
        {
            response.Respond(scores, row);
        }
        else if (rate > 0)
        {
            step.Move(row, scores, rate);
            step.Restore(row);
        }
    }
}
