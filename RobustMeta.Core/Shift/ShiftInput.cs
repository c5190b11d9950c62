using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>What a protocol makes its test sets from.</summary>
/// <param name="Source">Ratings and labels.</param>
/// <param name="Split">Meta-training tasks (to learn properties from) and test tasks, whose queries are pools to draw from.</param>
/// <param name="MinimumQuery">Shortest query that can be measured: one more than the largest cut-off K of the metrics.</param>
/// <param name="Seed">Same seed, same test sets, whatever the method under test.</param>
public sealed record ShiftInput(TaskSource Source, TaskSplit Split, int MinimumQuery, long Seed)
{
    /// <summary>
    /// Whether unseen items join the candidates: a query then needs a relevant item, but no irrelevant one.
    /// </summary>
    public bool UnseenJoin { get; init; }

    /// <summary>
    /// Whether metrics can tell methods apart on a query: of clicks it must hold a relevant item and, unless unseen items
    /// join, an irrelevant one. Ratings always have an error.
    /// </summary>
    /// <param name="query">Rows of the ratings.</param>
    public bool IsMeasurable(ImmutableArray<int> query)
    {
        if (Source.Label != LabelKind.Click)
        {
            return true;
        }
        var relevant = query.Count(Source.IsRelevant);
        return relevant > 0 && (UnseenJoin || relevant < query.Length);
    }
}
