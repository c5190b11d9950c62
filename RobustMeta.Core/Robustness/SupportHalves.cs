using System.Collections.Immutable;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness;

/// <summary>Tasks made of support sets alone: every other interaction is the support, the rest the query.</summary>
internal static class SupportHalves
{
    /// <summary>The tasks, and which of the batch's each comes from; supports of one interaction make none.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="parity">0 or 1: which interactions are the new query.</param>
    public static (TaskBatch Batch, ImmutableArray<int> Tasks) Of(TaskBatch batch, int parity)
    {
        ImmutableArray<int> tasks = [.. Enumerable.Range(0, batch.Count).Where(b => batch.SupportLength(b) > 1)];
        var (support, query) = (new Side(batch), new Side(batch));
        foreach (var b in tasks)
        {
            for (var j = 0; j < batch.SupportLength(b); j++)
            {
                (j % 2 == parity ? query : support).Add(batch.SupportStarts[b] + j);
            }
            support.EndTask();
            query.EndTask();
        }
        var halves = new TaskBatch(
            [.. tasks.Select(b => batch.Users[b])],
            [.. tasks.Select(b => batch.Positions[b])],
            [.. support.Starts],
            [.. support.Items],
            [.. support.Labels],
            [.. query.Starts],
            [.. query.Items],
            [.. query.Labels]
        );
        return (
            batch.SupportOffset.IsEmpty ? halves : halves.WithOffsets([.. support.Offset], [.. query.Offset]),
            tasks
        );
    }

    private sealed class Side(TaskBatch batch)
    {
        public List<int> Starts { get; } = [0];
        public List<int> Items { get; } = [];
        public List<float> Labels { get; } = [];
        public List<float> Offset { get; } = [];

        public void Add(int position)
        {
            Items.Add(batch.SupportItems[position]);
            Labels.Add(batch.SupportLabels[position]);
            if (!batch.SupportOffset.IsEmpty)
            {
                Offset.Add(batch.SupportOffset[position]);
            }
        }

        public void EndTask() => Starts.Add(Items.Count);
    }
}
