using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>
/// The newest score of every training interaction, as an exponential average over epochs: a user is visited once an
/// epoch, and what the weights climb with shall not hang on one visit alone.
/// </summary>
/// <param name="offsets">Start of each training user's interactions.</param>
/// <param name="share">Share of the newest score in the average, in (0, 1]; 1 keeps the newest only.</param>
internal sealed class StreamingScores(ImmutableArray<int> offsets, double share)
{
    private readonly double[] seen = new double[offsets.Length - 1];

    public double[] Values { get; } = new double[offsets[^1]];

    public IReadOnlyDictionary<string, double[]> State =>
        new Dictionary<string, double[]> { ["scores"] = Values, ["scores.seen"] = seen };

    /// <summary>Puts a batch's scores in, and the averages into their place.</summary>
    public void Smooth(TaskBatch batch, Span<double> scores)
    {
        for (var b = 0; b < batch.Count; b++)
        {
            var user = batch.Positions[b];
            var own = scores[batch.QueryOffsets[b]..batch.QueryOffsets[b + 1]];
            var stored = Values.AsSpan(offsets[user]..offsets[user + 1]);
            if (share < 1 && seen[user] > 0)
            {
                for (var j = 0; j < own.Length; j++)
                {
                    own[j] = stored[j] + share * (own[j] - stored[j]);
                }
            }
            own.CopyTo(stored);
            seen[user] = 1;
        }
    }
}
