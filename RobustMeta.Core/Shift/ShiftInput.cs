using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>What a protocol makes its test sets from.</summary>
/// <param name="Source">Ratings and labels.</param>
/// <param name="Split">Meta-training tasks (to learn properties from) and test tasks, whose queries are pools to draw from.</param>
/// <param name="MinimumCandidates">Fewest candidates that can be ranked: one more than the largest cut-off K of the metrics.</param>
/// <param name="Seed">Same seed, same test sets, whatever the method under test.</param>
public sealed record ShiftInput(TaskSource Source, TaskSplit Split, int MinimumCandidates, long Seed)
{
    /// <summary>Ratings and labels.</summary>
    public TaskSource Source { get; init; } = Source ?? throw new ArgumentNullException(nameof(Source));

    /// <summary>Meta-training tasks (to learn properties from) and test tasks, whose queries are pools to draw from.</summary>
    public TaskSplit Split { get; init; } = Split ?? throw new ArgumentNullException(nameof(Split));

    /// <summary>The split before rows were held out of it (see <see cref="IHoldsOut"/>).</summary>
    public TaskSplit WholeSplit { get; init; } = Split;

    /// <summary>
    /// Number of unseen items that join the relevant items of a query as candidates; 0 where a query is ranked by itself.
    /// </summary>
    public int UnseenCandidates { get; init; }

    /// <summary>What one task is: where it is an item, users and items have changed places in all ratings.</summary>
    public TaskKind TaskOf { get; init; } = TaskKind.User;

    /// <summary>Shortest query to draw.</summary>
    public int MinimumQuery => UnseenCandidates > 0 ? 1 : MinimumCandidates;

    /// <summary>
    /// Why nothing can be measured on a test task; null where it can. Of clicks a query must hold a relevant item and, unless
    /// unseen items join, an irrelevant one (ratings always have an error); and there must be enough candidates to rank.
    /// </summary>
    /// <param name="task">A test task with its drawn query.</param>
    /// <param name="source">Where its rows and labels are, where they are not those of the data.</param>
    public DropReason? Problem(UserTask task, TaskSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        source ??= Source;
        var relevant = task.Query.Count(source.IsRelevant);
        if (
            source.Label == LabelKind.Click
            && (relevant == 0 || (UnseenCandidates == 0 && relevant == task.Query.Length))
        )
        {
            return DropReason.SingleClassQuery;
        }
        var candidates =
            UnseenCandidates == 0
                ? task.Query.Length
                : relevant + Math.Min(UnseenCandidates, source.Ratings.Items.Count - Seen(task, source));
        return candidates < MinimumCandidates ? DropReason.TooFewCandidates : null;
    }

    // Items that are no candidates.
    private static int Seen(UserTask task, TaskSource source)
    {
        var items = source.SeenItems(task.User);
        items.UnionWith(task.Support.Select(row => source.Ratings.ItemIndex[row]));
        return items.Count;
    }
}
