using System.Globalization;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Evaluation;

/// <summary>
/// A number that says how good one user's ranking or predictions are. To add one, inherit (in C# or F#) with a parameterless
/// constructor and hand an example to <see cref="Registry"/>: specs, the command line, result tables and studies then know it.
/// </summary>
/// <param name="kind">Name without cut-off, e.g. <c>NDCG</c>.</param>
/// <param name="higherIsBetter">Its direction.</param>
/// <param name="hasCutoff">Whether only the first K ranks count, which its name then says: <c>NDCG@10</c>.</param>
/// <param name="errorOf">
/// The labels that scores must estimate: ratings, or logits of clicks; null where they only order items.
/// </param>
public abstract class Metric(string kind, bool higherIsBetter, bool hasCutoff = false, LabelKind? errorOf = null)
{
    private const int UsualCutoff = 10;

    /// <summary>All kinds of metrics, by name: those of this library and those added from outside.</summary>
    public static Registry<Metric> Registry { get; } =
        new("metric", metric => metric.Kind, Registry<Metric>.Examples(typeof(Metric).Assembly));

    /// <summary>Name without cut-off, e.g. <c>NDCG</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Name as it stands in results, e.g. <c>NDCG@10</c>.</summary>
    public string Name => HasCutoff ? string.Create(CultureInfo.InvariantCulture, $"{Kind}@{Cutoff}") : Kind;

    /// <summary>Whether only the first K ranks count.</summary>
    public bool HasCutoff { get; } = hasCutoff;

    /// <summary>Number K of ranks that count; 0 where the metric has none.</summary>
    public int Cutoff { get; private set; } = hasCutoff ? UsualCutoff : 0;

    /// <summary>The labels that scores must estimate, and not only order items; null where ordering is all.</summary>
    public LabelKind? ErrorOf { get; } = errorOf;

    /// <summary>Whether scores must estimate the labels, and not only order items.</summary>
    public bool NeedsLabels => ErrorOf is not null;

    /// <summary>Its direction.</summary>
    public bool HigherIsBetter { get; } = higherIsBetter;

    /// <summary>The same metric with another cut-off.</summary>
    /// <param name="cutoff">K, at least 1.</param>
    /// <exception cref="ArgumentException">The metric has no cut-off, or K is below 1.</exception>
    public Metric At(int cutoff)
    {
        if (!HasCutoff || cutoff < 1)
        {
            throw new ArgumentException(
                HasCutoff ? $"{Kind} needs a cut-off of at least 1." : $"{Kind} takes no cut-off.",
                nameof(cutoff)
            );
        }
        var copy = (Metric)MemberwiseClone();
        copy.Cutoff = cutoff;
        return copy;
    }

    /// <summary>The value for one user; null where it is undefined (such users are counted, not taken as zero).</summary>
    /// <exception cref="SettingException">
    /// The cut-off is not below the number of candidates: every ranking would contain all of them. Or the metric gives NaN or
    /// infinity.
    /// </exception>
    public double? Evaluate(RankedQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Cutoff > 0 && Cutoff >= query.Count
                ? throw new SettingException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Name} of {query.Count} candidates is meaningless: the top {Cutoff} hold them all, so recall is 1 "
                    )
                        + "for every model. Rank more candidates (a longer testQueryLength, or candidates sampled N), or "
                        + "take a smaller cut-off."
                )
            : query.Count == 0 ? null
            : Finite(Value(query), query);
    }

    private double? Finite(double? value, RankedQuery query) =>
        value is { } number && !double.IsFinite(number)
            ? throw new SettingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The metric {Name} gives {number} for a user with {query.Count} candidates, {query.Positives} of them relevant. "
                )
                    + "A metric gives a finite number, or null (in F#: Nullable()) where it is undefined. "
                    + $"Correct its Value, or leave {Name} out of metrics."
            )
            : value;

    /// <summary>How the metrics are named in settings: <c>AUC</c>, or with a cut-off <c>NDCG@K</c>.</summary>
    public static IEnumerable<string> Names => Registry.All.Values.Select(k => k.HasCutoff ? $"{k.Kind}@K" : k.Kind);

    /// <summary>The metric of a name such as <c>ndcg@10</c> or <c>auc</c>.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public static Metric Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Split('@', 2);
        if (!Registry.All.TryGetValue(parts[0], out var kind))
        {
            throw new SettingException(
                $"There is no metric '{name}'{NearestName.End(parts[0], Registry.All.Keys)} Metrics: "
                    + string.Join(", ", Names)
            );
        }
        if (!kind.HasCutoff)
        {
            return parts.Length == 1 ? kind : throw new SettingException($"{parts[0]} takes no cut-off.");
        }
        return
            parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            && k > 0
            ? kind.At(k)
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
