using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>
/// Which items are ranked for a test user. The choice matters more to the numbers than the model does.
/// </summary>
/// <param name="Unseen">
/// Number of items that the user has not rated, drawn at random, which join the positives of the query;
/// <see cref="int.MaxValue"/> takes all of them, null ranks the query's own interactions alone.
/// </param>
public sealed record CandidateRule(int? Unseen)
{
    /// <summary>The rule of a text: <c>labelled</c>, <c>sampled N</c> or <c>all</c>.</summary>
    /// <exception cref="SettingException">It is none of these.</exception>
    public static CandidateRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Sampled = "sampled ";
        return text switch
        {
            "labelled" => new((int?)null),
            "all" => new(int.MaxValue),
            _ when text.StartsWith(Sampled, StringComparison.Ordinal)
                    && int.TryParse(text[Sampled.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n > 0 => new(n),
            _ => throw new SettingException(
                $"candidates is '{text}'{NearestName.End(text, ["labelled", "sampled 99", "all"])} "
                    + "Expected labelled, sampled N (N ≥ 1) or all"
            ),
        };
    }

    /// <summary>
    /// A batch whose queries are the candidates. Unseen items have no label and are never relevant; nothing that the user rated is
    /// among them. Of data without ratings, drawn negatives are unseen like all other items, but for those of the support.
    /// </summary>
    /// <param name="batch">Batch with labelled queries.</param>
    /// <param name="source">Where its rows and labels are.</param>
    /// <param name="seed">Seed of the draw; it depends on the user, not on the method.</param>
    public TaskBatch Apply(TaskBatch batch, TaskSource source, long seed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(source);
        if (Unseen is not { } wanted)
        {
            return batch;
        }
        var starts = ImmutableArray.CreateBuilder<int>(batch.Count + 1);
        var items = ImmutableArray.CreateBuilder<int>();
        var labels = ImmutableArray.CreateBuilder<float>();
        starts.Add(0);
        for (var b = 0; b < batch.Count; b++)
        {
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                if (source.Relevance.Holds(batch.QueryLabels[i]))
                {
                    items.Add(batch.QueryItems[i]);
                    labels.Add(batch.QueryLabels[i]);
                }
            }
            var unseen = UnseenItems(source, batch, b);
            if (wanted < unseen.Length)
            {
                var random = Seeds.Generator(seed, "unseen", source.Ratings.Users[batch.Users[b]]);
                random.Shuffle(unseen);
                unseen = unseen[..wanted];
            }
            items.AddRange(unseen);
            labels.AddRange(Enumerable.Repeat(BinaryRelevance.Unlabelled, unseen.Length));
            starts.Add(items.Count);
        }
        return new(
            batch.Users,
            batch.Positions,
            batch.SupportStarts,
            batch.SupportItems,
            batch.SupportLabels,
            starts.MoveToImmutable(),
            items.DrainToImmutable(),
            labels.DrainToImmutable()
        );
    }

    private static int[] UnseenItems(TaskSource source, TaskBatch batch, int b)
    {
        var seen = source.SeenItems(batch.Users[b]);
        seen.UnionWith(batch.SupportItems[batch.SupportRange(b)]);
        return [.. Enumerable.Range(0, source.Ratings.Items.Count).Where(item => !seen.Contains(item))];
    }
}
