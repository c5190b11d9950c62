using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace RobustMeta.Tasks;

/// <summary>
/// Several tasks side by side, in compressed rows and without padding: task b has the support items
/// <c>SupportItems[SupportStarts[b] .. SupportStarts[b+1])</c>, likewise the query. Immutable.
/// </summary>
public sealed class TaskBatch
{
    /// <summary>A batch from compressed rows.</summary>
    /// <param name="users">Dense user index per task, <c>[B]</c>.</param>
    /// <param name="positions">Position of each task in the list it came from, <c>[B]</c>; names its weights.</param>
    /// <param name="supportStarts">Start of each task's support, <c>[B+1]</c>.</param>
    /// <param name="supportItems">Dense item indices.</param>
    /// <param name="supportLabels">Labels: 0/1 clicks or ratings.</param>
    /// <param name="queryStarts">Start of each task's query, <c>[B+1]</c>.</param>
    /// <param name="queryItems">Dense item indices.</param>
    /// <param name="queryLabels">Labels: 0/1 clicks or ratings.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together.</exception>
    public TaskBatch(
        ImmutableArray<int> users,
        ImmutableArray<int> positions,
        ImmutableArray<int> supportStarts,
        ImmutableArray<int> supportItems,
        ImmutableArray<float> supportLabels,
        ImmutableArray<int> queryStarts,
        ImmutableArray<int> queryItems,
        ImmutableArray<float> queryLabels
    )
    {
        if (
            positions.Length != users.Length
            || supportStarts.Length != users.Length + 1
            || queryStarts.Length != users.Length + 1
            || supportStarts[^1] != supportItems.Length
            || queryStarts[^1] != queryItems.Length
            || supportLabels.Length != supportItems.Length
            || queryLabels.Length != queryItems.Length
        )
        {
            throw new ArgumentException("The columns of a task batch do not fit together.");
        }
        Users = users;
        Positions = positions;
        SupportStarts = supportStarts;
        SupportItems = supportItems;
        SupportLabels = supportLabels;
        QueryStarts = queryStarts;
        QueryItems = queryItems;
        QueryLabels = queryLabels;
    }

    /// <summary>Number of tasks B.</summary>
    public int Count => Users.Length;

    /// <summary>Dense user index per task, <c>[B]</c>.</summary>
    public ImmutableArray<int> Users { get; }

    /// <summary>Position of each task in the list that it came from, <c>[B]</c>.</summary>
    public ImmutableArray<int> Positions { get; }

    /// <summary>Start of each task's support, <c>[B+1]</c>.</summary>
    public ImmutableArray<int> SupportStarts { get; }

    /// <summary>Dense item index of each support interaction.</summary>
    public ImmutableArray<int> SupportItems { get; }

    /// <summary>Label of each support interaction.</summary>
    public ImmutableArray<float> SupportLabels { get; }

    /// <summary>Start of each task's query, <c>[B+1]</c>.</summary>
    public ImmutableArray<int> QueryStarts { get; }

    /// <summary>Dense item index of each query interaction.</summary>
    public ImmutableArray<int> QueryItems { get; }

    /// <summary>Label of each query interaction.</summary>
    public ImmutableArray<float> QueryLabels { get; }

    /// <summary>
    /// Score that the prediction of each support interaction starts from, or empty for zero: a model adds its own score
    /// to it (see <see cref="WithOffsets"/>).
    /// </summary>
    public ImmutableArray<float> SupportOffset { get; private init; } = [];

    /// <summary>The same for each query interaction.</summary>
    public ImmutableArray<float> QueryOffset { get; private init; } = [];

    /// <summary>The same tasks on top of the scores of another, simpler predictor.</summary>
    /// <param name="support">Score of each support interaction: a rating, or a logit.</param>
    /// <param name="query">Score of each query interaction.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public TaskBatch WithOffsets(ImmutableArray<float> support, ImmutableArray<float> query) =>
        support.Length != SupportItems.Length || query.Length != QueryItems.Length
            ? throw new ArgumentException("Bias offsets do not fit the interactions of the batch.")
            : new(Users, Positions, SupportStarts, SupportItems, SupportLabels, QueryStarts, QueryItems, QueryLabels)
            {
                SupportOffset = support,
                QueryOffset = query,
            };

    /// <summary>The same tasks with other labels of the query interactions, e.g. softened ones.</summary>
    /// <param name="labels">Label of each query interaction.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public TaskBatch WithQueryLabels(ImmutableArray<float> labels) =>
        new(Users, Positions, SupportStarts, SupportItems, SupportLabels, QueryStarts, QueryItems, labels)
        {
            SupportOffset = SupportOffset,
            QueryOffset = QueryOffset,
        };

    /// <summary>Some of the tasks, as a batch.</summary>
    /// <param name="places">Places of the tasks in this batch, in the order of the new one.</param>
    public TaskBatch Part(ReadOnlySpan<int> places)
    {
        var supportStarts = Starts(SupportStarts, places);
        var queryStarts = Starts(QueryStarts, places);
        return new(
            Pick(Users, places),
            Pick(Positions, places),
            supportStarts,
            Rows(SupportItems, SupportStarts, places, supportStarts),
            Rows(SupportLabels, SupportStarts, places, supportStarts),
            queryStarts,
            Rows(QueryItems, QueryStarts, places, queryStarts),
            Rows(QueryLabels, QueryStarts, places, queryStarts)
        )
        {
            SupportOffset = Rows(SupportOffset, SupportStarts, places, supportStarts),
            QueryOffset = Rows(QueryOffset, QueryStarts, places, queryStarts),
        };
    }

    /// <summary>The same tasks with some of their support interactions.</summary>
    /// <param name="starts">Start of each task's interactions in <paramref name="rows"/>, <c>[B+1]</c>.</param>
    /// <param name="rows">The interactions that stay, as places in <see cref="SupportItems"/>, task by task.</param>
    internal TaskBatch WithSupport(ImmutableArray<int> starts, ReadOnlySpan<int> rows) =>
        new(
            Users,
            Positions,
            starts,
            Pick(SupportItems, rows),
            Pick(SupportLabels, rows),
            QueryStarts,
            QueryItems,
            QueryLabels
        )
        {
            SupportOffset = SupportOffset.IsEmpty ? SupportOffset : Pick(SupportOffset, rows),
            QueryOffset = QueryOffset,
        };

    /// <summary>Where the support interactions of task b are, e.g. <c>scores[batch.SupportRange(b)]</c>.</summary>
    public Range SupportRange(int b) => SupportStarts[b]..SupportStarts[b + 1];

    /// <summary>Where the query interactions of task b are, e.g. <c>losses[batch.QueryRange(b)]</c>.</summary>
    public Range QueryRange(int b) => QueryStarts[b]..QueryStarts[b + 1];

    /// <summary>Support length of task b.</summary>
    public int SupportLength(int b) => SupportStarts[b + 1] - SupportStarts[b];

    /// <summary>Query length of task b.</summary>
    public int QueryLength(int b) => QueryStarts[b + 1] - QueryStarts[b];

    private static ImmutableArray<T> Pick<T>(ImmutableArray<T> all, ReadOnlySpan<int> places)
    {
        var picked = new T[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            picked[i] = all[places[i]];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(picked);
    }

    private static ImmutableArray<int> Starts(ImmutableArray<int> all, ReadOnlySpan<int> places)
    {
        var starts = new int[places.Length + 1];
        for (var i = 0; i < places.Length; i++)
        {
            starts[i + 1] = starts[i] + all[places[i] + 1] - all[places[i]];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(starts);
    }

    private static ImmutableArray<T> Rows<T>(
        ImmutableArray<T> all,
        ImmutableArray<int> from,
        ReadOnlySpan<int> places,
        ImmutableArray<int> to
    )
    {
        if (all.IsEmpty)
        {
            return all;
        }
        var rows = new T[to[^1]];
        for (var i = 0; i < places.Length; i++)
        {
            all.AsSpan(from[places[i]]..from[places[i] + 1]).CopyTo(rows.AsSpan(to[i]));
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(rows);
    }
}
