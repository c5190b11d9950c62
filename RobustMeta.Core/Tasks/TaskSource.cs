using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RobustMeta.Data;

namespace RobustMeta.Tasks;

/// <summary>Makes batches of tasks: looks up items and labels of the ratings' rows.</summary>
/// <param name="ratings">The ratings that the tasks point into.</param>
/// <param name="label">What is predicted.</param>
/// <param name="threshold">Smallest rating that is relevant (used by <see cref="LabelKind.Click"/>), a finite number.</param>
public sealed class TaskSource(Ratings ratings, LabelKind label, double threshold)
{
    /// <summary>The ratings.</summary>
    public Ratings Ratings { get; } = ratings ?? throw new ArgumentNullException(nameof(ratings));

    /// <summary>What is predicted.</summary>
    public LabelKind Label { get; } = label;

    /// <summary>Which ratings are relevant.</summary>
    public BinaryRelevance RatingRelevance { get; } = new(threshold);

    /// <summary>Which labels are relevant: clicks of 1, or ratings that reach the threshold.</summary>
    public BinaryRelevance Relevance { get; } = label == LabelKind.Click ? BinaryRelevance.OfClicks : new(threshold);

    /// <summary>
    /// What the values are. Of data without ratings the rows of value 0 are negatives: a user is not known to have seen them.
    /// </summary>
    public FeedbackKind Feedback { get; init; } = FeedbackKind.Explicit;

    /// <summary>Whether the values are ratings, so that every row says what a user thinks of an item.</summary>
    public bool HasRatings => Feedback == FeedbackKind.Explicit;

    /// <summary>Whether training sees other negatives in each epoch (<see cref="NegativeDraw.Fresh"/>).</summary>
    public bool HasFreshNegatives => fresh is not null;

    private FreshNegatives? fresh;
    private IReadOnlyDictionary<int, float>? supportLabels;
    private IReadOnlyDictionary<int, int>? otherItems;

    /// <summary>The same ratings, whose negatives in training tasks are drawn anew for each epoch.</summary>
    /// <param name="train">Training tasks.</param>
    /// <param name="popularity">Exponent of the popularity that draws are proportional to; 0 is uniform.</param>
    /// <param name="seed">Same seed, same negatives.</param>
    public TaskSource WithFreshNegatives(ImmutableArray<UserTask> train, double popularity, long seed)
    {
        var copy = (TaskSource)MemberwiseClone();
        copy.fresh = new(this, train, popularity, seed);
        return copy;
    }

    /// <summary>
    /// The ratings as training sees them in an epoch: with other negatives where these are drawn anew, else the very same.
    /// </summary>
    /// <param name="epoch">Number of the epoch.</param>
    public TaskSource InEpoch(int epoch)
    {
        if (fresh is null)
        {
            return this;
        }
        var copy = (TaskSource)MemberwiseClone();
        copy.otherItems = fresh.Items(epoch);
        return copy;
    }

    /// <summary>Whether a row shows that the user knows the item: any rating, but no negative of data without ratings.</summary>
    public bool IsSeen(int row) => HasRatings || Ratings.Values[row] != 0;

    /// <summary>The items that a user is known to have seen.</summary>
    /// <param name="user">Dense user index.</param>
    public HashSet<int> SeenItems(int user)
    {
        var items = new HashSet<int>();
        foreach (var row in Ratings.RowsOf(user))
        {
            if (IsSeen(row))
            {
                items.Add(Ratings.ItemIndex[row]);
            }
        }
        return items;
    }

    private int ItemOf(int row) =>
        otherItems is not null && otherItems.TryGetValue(row, out var item) ? item : Ratings.ItemIndex[row];

    /// <summary>The same ratings with other labels in supports; queries keep theirs.</summary>
    /// <param name="labels">Label by row, for the rows that have another.</param>
    public TaskSource WithSupportLabels(IReadOnlyDictionary<int, float> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var copy = (TaskSource)MemberwiseClone();
        copy.supportLabels = labels;
        return copy;
    }

    private float SupportLabelOf(int row) =>
        supportLabels is not null && supportLabels.TryGetValue(row, out var label) ? label : LabelOf(row);

    /// <summary>The label of a row: 0/1 for clicks, the rating itself otherwise.</summary>
    public float LabelOf(int row) =>
        Label == LabelKind.Rating ? Ratings.Values[row]
        : IsRelevant(row) ? 1
        : 0;

    /// <summary>Whether the rating of a row reaches the threshold.</summary>
    public bool IsRelevant(int row) => RatingRelevance.Holds(Ratings.Values[row]);

    /// <summary>A batch of some tasks of a list.</summary>
    /// <param name="tasks">The list.</param>
    /// <param name="positions">Which of them, in the order of the batch.</param>
    public TaskBatch Batch(ImmutableArray<UserTask> tasks, ReadOnlySpan<int> positions)
    {
        var users = new int[positions.Length];
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = tasks[positions[i]].User;
        }
        var support = new Side(this, tasks, positions, static task => task.Support, SupportLabelOf);
        var query = new Side(this, tasks, positions, static task => task.Query, LabelOf);
        return new(
            ImmutableCollectionsMarshal.AsImmutableArray(users),
            [.. positions],
            support.Starts,
            support.Items,
            support.Labels,
            query.Starts,
            query.Items,
            query.Labels
        );
    }

    /// <summary>All tasks of a list as one batch, in the order of the list.</summary>
    public TaskBatch All(ImmutableArray<UserTask> tasks) => Batch(tasks, [.. Enumerable.Range(0, tasks.Length)]);

    /// <summary>
    /// All tasks of a list in batches of at most <paramref name="size"/>, tasks with supports of like length together
    /// so that padded engines waste little. Positions name each task's place in the list.
    /// </summary>
    public IEnumerable<TaskBatch> Batches(ImmutableArray<UserTask> tasks, int size)
    {
        var order = Enumerable.Range(0, tasks.Length).OrderBy(i => tasks[i].Support.Length).ToArray();
        for (var start = 0; start < order.Length; start += size)
        {
            yield return Batch(tasks, order.AsSpan(start, Math.Min(size, order.Length - start)));
        }
    }

    // Supports or queries of a batch, one behind the other; counted first, so that every array is made once.
    private readonly struct Side
    {
        public Side(
            TaskSource source,
            ImmutableArray<UserTask> tasks,
            ReadOnlySpan<int> positions,
            Func<UserTask, ImmutableArray<int>> rowsOf,
            Func<int, float> labelOf
        )
        {
            var starts = new int[positions.Length + 1];
            for (var i = 0; i < positions.Length; i++)
            {
                starts[i + 1] = starts[i] + rowsOf(tasks[positions[i]]).Length;
            }
            var items = new int[starts[^1]];
            var labels = new float[items.Length];
            for (var i = 0; i < positions.Length; i++)
            {
                var at = starts[i];
                foreach (var row in rowsOf(tasks[positions[i]]).AsSpan())
                {
                    items[at] = source.ItemOf(row);
                    labels[at++] = labelOf(row);
                }
            }
            Starts = ImmutableCollectionsMarshal.AsImmutableArray(starts);
            Items = ImmutableCollectionsMarshal.AsImmutableArray(items);
            Labels = ImmutableCollectionsMarshal.AsImmutableArray(labels);
        }

        public ImmutableArray<int> Starts { get; }
        public ImmutableArray<int> Items { get; }
        public ImmutableArray<float> Labels { get; }
    }
}
