using System.Collections.Immutable;
using RobustMeta.Data;

namespace RobustMeta.Tasks;

/// <summary>Makes batches of tasks: looks up items and labels of the ratings' rows.</summary>
/// <param name="ratings">The ratings that the tasks point into.</param>
/// <param name="label">What is predicted.</param>
/// <param name="threshold">Smallest rating that is relevant (used by <see cref="LabelKind.Click"/>).</param>
public sealed class TaskSource(Ratings ratings, LabelKind label, double threshold)
{
    /// <summary>The ratings.</summary>
    public Ratings Ratings { get; } = ratings;

    /// <summary>What is predicted.</summary>
    public LabelKind Label { get; } = label;

    /// <summary>Smallest rating that is relevant.</summary>
    public double Threshold { get; } = threshold;

    /// <summary>The label of a row: 0/1 for clicks, the rating itself otherwise.</summary>
    public float LabelOf(int row) =>
        Label == LabelKind.Rating ? Ratings.Values[row]
        : IsRelevant(row) ? 1
        : 0;

    /// <summary>Whether the rating of a row reaches the threshold.</summary>
    public bool IsRelevant(int row) => Ratings.Values[row] >= Threshold;

    /// <summary>A batch of some tasks of a list.</summary>
    /// <param name="tasks">The list.</param>
    /// <param name="positions">Which of them, in the order of the batch.</param>
    public TaskBatch Batch(ImmutableArray<UserTask> tasks, ReadOnlySpan<int> positions)
    {
        var users = ImmutableArray.CreateBuilder<int>(positions.Length);
        var support = new Side(this, positions.Length);
        var query = new Side(this, positions.Length);
        foreach (var position in positions)
        {
            var task = tasks[position];
            users.Add(task.User);
            support.Add(task.Support);
            query.Add(task.Query);
        }
        return new(
            users.MoveToImmutable(),
            [.. positions],
            support.Offsets.MoveToImmutable(),
            support.Items.DrainToImmutable(),
            support.Labels.DrainToImmutable(),
            query.Offsets.MoveToImmutable(),
            query.Items.DrainToImmutable(),
            query.Labels.DrainToImmutable()
        );
    }

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

    private sealed class Side
    {
        private readonly TaskSource source;

        public Side(TaskSource source, int tasks)
        {
            this.source = source;
            Offsets = ImmutableArray.CreateBuilder<int>(tasks + 1);
            Offsets.Add(0);
        }

        public ImmutableArray<int>.Builder Offsets { get; }
        public ImmutableArray<int>.Builder Items { get; } = ImmutableArray.CreateBuilder<int>();
        public ImmutableArray<float>.Builder Labels { get; } = ImmutableArray.CreateBuilder<float>();

        public void Add(ImmutableArray<int> rows)
        {
            foreach (var row in rows)
            {
                Items.Add(source.Ratings.ItemIndex[row]);
                Labels.Add(source.LabelOf(row));
            }
            Offsets.Add(Items.Count);
        }
    }
}
