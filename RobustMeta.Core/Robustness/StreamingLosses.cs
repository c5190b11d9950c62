using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// The newest loss, or excess loss, of every training interaction, as an exponential average over epochs: each user is in one
/// batch an epoch, and a single batch gives a noisy loss.
/// </summary>
/// <param name="starts">Start of each training user's interactions.</param>
/// <param name="fraction">Fraction of the newest loss in the average, in (0, 1]; 1 keeps the newest only.</param>
internal sealed class StreamingLosses(ImmutableArray<int> starts, double fraction)
{
    private readonly double[] seen = new double[starts.Length - 1];

    public double[] Values { get; } = new double[starts[^1]];

    // The keys are those of checkpoints that exist.
    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]> { ["scores"] = Values, ["scores.seen"] = seen };

    /// <summary>Puts a batch's losses in, and the averages into their place.</summary>
    public void Smooth(TaskBatch batch, Span<double> losses)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            var own = losses[batch.QueryRange(b)];
            var stored = Values.AsSpan(starts[user]..starts[user + 1]);
            if (fraction < 1 && seen[user] > 0)
            {
                for (var j = 0; j < own.Length; j++)
                {
                    own[j] = stored[j] + fraction * (own[j] - stored[j]);
                }
            }
            own.CopyTo(stored);
            seen[user] = 1;
        }
    }
}
