using System.Globalization;
using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>One user's candidates, ranked by score, highest first: all that a metric looks at.</summary>
public sealed class RankedQuery
{
    private RankedQuery(float[] scores, float[] labels, bool[] relevant)
    {
        Scores = scores;
        Labels = labels;
        Relevant = relevant;
        Positives = relevant.Count(r => r);
    }

    /// <summary>Scores, highest first.</summary>
    public IReadOnlyList<float> Scores { get; }

    /// <summary>Labels (0/1 clicks, or ratings) in the order of the ranking.</summary>
    public IReadOnlyList<float> Labels { get; }

    /// <summary>Relevance in the order of the ranking.</summary>
    public IReadOnlyList<bool> Relevant { get; }

    /// <summary>Number of candidates.</summary>
    public int Count => Scores.Count;

    /// <summary>Number of relevant candidates.</summary>
    public int Positives { get; }

    /// <summary>Ranks candidates of arrays of one's own; equal scores in an order that a fixed seed draws.</summary>
    /// <param name="scores">Score of each candidate.</param>
    /// <param name="labels">Label of each.</param>
    /// <param name="threshold">Smallest label that is relevant.</param>
    /// <exception cref="ScoreException">A score is not finite.</exception>
    /// <exception cref="ArgumentException">The arrays differ in length, a label is NaN, or the threshold no finite number.</exception>
    public static RankedQuery Of(float[] scores, float[] labels, double threshold = 1)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        if (Array.FindIndex(labels, float.IsNaN) is >= 0 and var place)
        {
            throw new ArgumentException($"Label {place + 1} of {labels.Length} is NaN.", nameof(labels));
        }
        return scores.Length == labels.Length
            ? Of(
                0,
                [.. Enumerable.Range(0, scores.Length)],
                scores,
                labels,
                new BinaryRelevance(threshold),
                TieRule.SeededRandom,
                0
            )
            : throw new ArgumentException($"{scores.Length} scores and {labels.Length} labels.", nameof(labels));
    }

    /// <summary>Ranks one user's candidates.</summary>
    /// <param name="user">Dense user index; with the item it makes the tie key.</param>
    /// <param name="items">Dense item index of each candidate.</param>
    /// <param name="scores">Score of each.</param>
    /// <param name="labels">Label of each.</param>
    /// <param name="relevance">Which labels are relevant.</param>
    /// <param name="tieRule">How equal scores are ranked.</param>
    /// <param name="seed">Seed of <see cref="TieRule.SeededRandom"/>.</param>
    /// <exception cref="ScoreException">A score is not finite.</exception>
    public static RankedQuery Of(
        int user,
        ReadOnlySpan<int> items,
        ReadOnlySpan<float> scores,
        ReadOnlySpan<float> labels,
        BinaryRelevance relevance,
        TieRule tieRule,
        long seed
    )
    {
        var keys = new (float Score, ulong Tie)[items.Length];
        var order = new int[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (!float.IsFinite(scores[i]))
            {
                throw new ScoreException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The score of item {items[i]} for user {user} is {scores[i]}: the model has diverged."
                    )
                );
            }
            // -0 and +0 compare equal, as they should; the sort is ascending.
            keys[i] = (-scores[i], tieRule == TieRule.ByItem ? (ulong)items[i] : TieKey(seed, user, items[i]));
            order[i] = i;
        }
        Array.Sort(keys, order);
        var rankedScores = new float[items.Length];
        var rankedLabels = new float[items.Length];
        var relevant = new bool[items.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            rankedScores[rank] = scores[order[rank]];
            rankedLabels[rank] = labels[order[rank]];
            relevant[rank] = relevance.Holds(labels[order[rank]]);
        }
        return new(rankedScores, rankedLabels, relevant);
    }

    // SplitMix64's finaliser (Steele et al., OOPSLA 2014) over the three numbers: a hash, not a stream.
    private static ulong TieKey(long seed, int user, int item)
    {
        var x = (ulong)seed * 0x9E3779B97F4A7C15UL + (((ulong)(uint)user << 32) | (uint)item);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
