using System.Collections.Immutable;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>In which order an epoch visits the training users; consecutive slices of it are the batches.</summary>
public static class BatchOrder
{
    // Batches that are put together from one draw of users: enough for users of like length to meet, few enough that a
    // batch still is a random draw of its lengths.
    private const int Window = 32;

    /// <summary>A random order.</summary>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="batchSize">Users per batch.</param>
    /// <param name="bucketed">
    /// Whether users with supports and queries of like length share a batch, which saves padded engines work: random users
    /// are taken for 32 batches, sorted by length and cut, and the batches shuffled.
    /// </param>
    /// <param name="random">Stream of the epoch.</param>
    public static int[] Of(ImmutableArray<UserTask> tasks, int batchSize, bool bucketed, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var order = random.Permutation(tasks.Length);
        var whole = order.Length / batchSize;
        for (var first = 0; bucketed && first < whole; first += Window)
        {
            var count = Math.Min(Window, whole - first);
            var users = order.AsSpan(first * batchSize, count * batchSize);
            var sorted = users
                .ToArray()
                .OrderBy(u => tasks[u].Support.Length)
                .ThenBy(u => tasks[u].Query.Length)
                .ToArray();
            var places = random.Permutation(count);
            for (var i = 0; i < count; i++)
            {
                sorted.AsSpan(i * batchSize, batchSize).CopyTo(users[(places[i] * batchSize)..]);
            }
        }
        return order;
    }
}
