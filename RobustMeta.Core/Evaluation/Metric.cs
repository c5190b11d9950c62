using System.Globalization;
using RobustMeta.Settings;

namespace RobustMeta.Evaluation;

/// <summary>A number that says how good one user's ranking or predictions are.</summary>
/// <param name="kind">Name without cut-off, e.g. <c>NDCG</c>.</param>
/// <param name="cutoff">Number K of ranks that count; 0 where the metric has none.</param>
/// <param name="higherIsBetter">Its direction.</param>
/// <param name="needsLabels">Whether scores must estimate the labels, and not only order items.</param>
public abstract class Metric(string kind, int cutoff, bool higherIsBetter, bool needsLabels = false)
{
    // One line a metric: how it is made from its cut-off (null: it has none).
    private static readonly SortedDictionary<string, (Func<int, Metric> Make, bool HasCutoff)> Kinds = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["NDCG"] = (k => new Ndcg(k), true),
        ["RNDCG"] = (k => new RandomNormalisedNdcg(k), true),
        ["Recall"] = (k => new Recall(k), true),
        ["Precision"] = (k => new Precision(k), true),
        ["F1"] = (k => new F1(k), true),
        ["HR"] = (k => new HitRate(k), true),
        ["MRR"] = (k => new ReciprocalRank(k), true),
        ["MAP"] = (k => new AveragePrecision(k), true),
        ["AUC"] = (_ => new Auc(), false),
        ["LogLoss"] = (_ => new LogLoss(), false),
        ["MAE"] = (_ => new AbsoluteError(), false),
        ["RMSE"] = (_ => new RootSquaredError(), false),
    };

    /// <summary>Name as it stands in results, e.g. <c>NDCG@10</c>.</summary>
    public string Name { get; } = cutoff == 0 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}@{cutoff}");

    /// <summary>Number K of ranks that count; 0 where the metric has none.</summary>
    public int Cutoff { get; } = cutoff;

    /// <summary>Whether scores must estimate the labels, and not only order items.</summary>
    public bool NeedsLabels { get; } = needsLabels;

    /// <summary>Its direction.</summary>
    public bool HigherIsBetter { get; } = higherIsBetter;

    /// <summary>The value for one user; null where it is undefined (such users are counted, not taken as zero).</summary>
    /// <exception cref="ArgumentException">
    /// The cut-off is not below the number of candidates: every ranking would contain all of them.
    /// </exception>
    public double? Evaluate(RankedQuery query) =>
        Cutoff > 0 && Cutoff >= query.Count
            ? throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name} of {query.Count} candidates says nothing: the top {Cutoff} hold them all, so recall is 1 "
                )
                    + "for every model. Rank more candidates (a longer testQueryLength, or candidates sampled N), or "
                    + "take a smaller cut-off."
            )
            : Value(query);

    /// <summary>The metric of a name such as <c>ndcg@10</c> or <c>auc</c>.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public static Metric Parse(string name)
    {
        var parts = name.Split('@', 2);
        if (!Kinds.TryGetValue(parts[0], out var kind))
        {
            throw new SettingException(
                $"There is no metric '{name}'{NearestName.Hint(parts[0], Kinds.Keys)}. Metrics: "
                    + string.Join(", ", Kinds.Select(k => k.Value.HasCutoff ? $"{k.Key}@K" : k.Key))
            );
        }
        if (!kind.HasCutoff)
        {
            return parts.Length == 1 ? kind.Make(0) : throw new SettingException($"{parts[0]} takes no cut-off.");
        }
        return
            parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            && k > 0
            ? kind.Make(k)
            : throw new SettingException($"'{name}' needs a cut-off of at least 1, as in {parts[0]}@10.");
    }

    /// <summary>The value for a query with more candidates than the cut-off.</summary>
    protected abstract double? Value(RankedQuery query);

    /// <summary>Number of relevant candidates among the first K.</summary>
    protected int Hits(RankedQuery query)
    {
        var hits = 0;
        for (var rank = 0; rank < Cutoff; rank++)
        {
            hits += query.Relevant[rank] ? 1 : 0;
        }
        return hits;
    }
}
