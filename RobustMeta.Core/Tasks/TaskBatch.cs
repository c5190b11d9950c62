using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace RobustMeta.Tasks;

/// <summary>
/// Several tasks side by side, in compressed rows and without padding: task b has the support items
/// <c>SupportItems[SupportOffsets[b] .. SupportOffsets[b+1])</c>, likewise the query. Immutable.
/// </summary>
public sealed class TaskBatch
{
    /// <summary>A batch from compressed rows.</summary>
    /// <param name="users">Dense user index per task, <c>[B]</c>.</param>
    /// <param name="positions">Position of each task in the list it came from, <c>[B]</c>; names its weights.</param>
    /// <param name="supportOffsets">Start of each task's support, <c>[B+1]</c>.</param>
    /// <param name="supportItems">Dense item indices.</param>
    /// <param name="supportLabels">Labels: 0/1 clicks or ratings.</param>
    /// <param name="queryOffsets">Start of each task's query, <c>[B+1]</c>.</param>
    /// <param name="queryItems">Dense item indices.</param>
    /// <param name="queryLabels">Labels: 0/1 clicks or ratings.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together.</exception>
    public TaskBatch(
        ImmutableArray<int> users,
        ImmutableArray<int> positions,
        ImmutableArray<int> supportOffsets,
        ImmutableArray<int> supportItems,
        ImmutableArray<float> supportLabels,
        ImmutableArray<int> queryOffsets,
        ImmutableArray<int> queryItems,
        ImmutableArray<float> queryLabels
    )
    {
        if (
            positions.Length != users.Length
            || supportOffsets.Length != users.Length + 1
            || queryOffsets.Length != users.Length + 1
            || supportOffsets[^1] != supportItems.Length
            || queryOffsets[^1] != queryItems.Length
            || supportLabels.Length != supportItems.Length
            || queryLabels.Length != queryItems.Length
        )
        {
            throw new ArgumentException("The columns of a task batch do not fit together.");
        }
        Users = users;
        Positions = positions;
        SupportOffsets = supportOffsets;
        SupportItems = supportItems;
        SupportLabels = supportLabels;
        QueryOffsets = queryOffsets;
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
    public ImmutableArray<int> SupportOffsets { get; }

    /// <summary>Dense item index of each support interaction.</summary>
    public ImmutableArray<int> SupportItems { get; }

    /// <summary>Label of each support interaction.</summary>
    public ImmutableArray<float> SupportLabels { get; }

    /// <summary>Start of each task's query, <c>[B+1]</c>.</summary>
    public ImmutableArray<int> QueryOffsets { get; }

    /// <summary>Dense item index of each query interaction.</summary>
    public ImmutableArray<int> QueryItems { get; }

    /// <summary>Label of each query interaction.</summary>
    public ImmutableArray<float> QueryLabels { get; }

    /// <summary>
    /// Score that the prediction of each support interaction starts from, or empty for zero: a model adds its own score
    /// to it (see <see cref="WithBase"/>).
    /// </summary>
    public ImmutableArray<float> SupportBase { get; private init; } = [];

    /// <summary>The same for each query interaction.</summary>
    public ImmutableArray<float> QueryBase { get; private init; } = [];

    /// <summary>The same tasks on top of the scores of another, simpler predictor.</summary>
    /// <param name="support">Score of each support interaction: a rating, or a logit.</param>
    /// <param name="query">Score of each query interaction.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public TaskBatch WithBase(ImmutableArray<float> support, ImmutableArray<float> query) =>
        support.Length != SupportItems.Length || query.Length != QueryItems.Length
            ? throw new ArgumentException("Base scores do not fit the interactions of the batch.")
            : new(Users, Positions, SupportOffsets, SupportItems, SupportLabels, QueryOffsets, QueryItems, QueryLabels)
            {
                SupportBase = support,
                QueryBase = query,
            };

    /// <summary>The same tasks with other labels of the query interactions, e.g. softened ones.</summary>
    /// <param name="labels">Label of each query interaction.</param>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public TaskBatch WithQueryLabels(ImmutableArray<float> labels) =>
        new(Users, Positions, SupportOffsets, SupportItems, SupportLabels, QueryOffsets, QueryItems, labels)
        {
            SupportBase = SupportBase,
            QueryBase = QueryBase,
        };

    /// <summary>Some of the tasks, as a batch.</summary>
    /// <param name="places">Places of the tasks in this batch, in the order of the new one.</param>
    public TaskBatch Part(ReadOnlySpan<int> places)
    {
        var supportOffsets = Offsets(SupportOffsets, places);
        var queryOffsets = Offsets(QueryOffsets, places);
        return new(
            Pick(Users, places),
            Pick(Positions, places),
            supportOffsets,
            Rows(SupportItems, SupportOffsets, places, supportOffsets),
            Rows(SupportLabels, SupportOffsets, places, supportOffsets),
            queryOffsets,
            Rows(QueryItems, QueryOffsets, places, queryOffsets),
            Rows(QueryLabels, QueryOffsets, places, queryOffsets)
        )
        {
            SupportBase = Rows(SupportBase, SupportOffsets, places, supportOffsets),
            QueryBase = Rows(QueryBase, QueryOffsets, places, queryOffsets),
        };
    }

    /// <summary>Where the support interactions of task b are, e.g. <c>scores[batch.SupportRange(b)]</c>.</summary>
    public Range SupportRange(int b) => SupportOffsets[b]..SupportOffsets[b + 1];

    /// <summary>Where the query interactions of task b are, e.g. <c>losses[batch.QueryRange(b)]</c>.</summary>
    public Range QueryRange(int b) => QueryOffsets[b]..QueryOffsets[b + 1];

    /// <summary>Support length of task b.</summary>
    public int SupportLength(int b) => SupportOffsets[b + 1] - SupportOffsets[b];

    /// <summary>Query length of task b.</summary>
    public int QueryLength(int b) => QueryOffsets[b + 1] - QueryOffsets[b];

    private static ImmutableArray<int> Pick(ImmutableArray<int> all, ReadOnlySpan<int> places)
    {
        var picked = new int[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            picked[i] = all[places[i]];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(picked);
    }

    private static ImmutableArray<int> Offsets(ImmutableArray<int> all, ReadOnlySpan<int> places)
    {
        var offsets = new int[places.Length + 1];
        for (var i = 0; i < places.Length; i++)
        {
            offsets[i + 1] = offsets[i] + all[places[i] + 1] - all[places[i]];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(offsets);
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
