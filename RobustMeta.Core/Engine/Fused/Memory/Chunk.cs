using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Some users of a batch that are computed together.</summary>
/// <param name="FirstUser">First user.</param>
/// <param name="EndUser">One past the last.</param>
internal readonly record struct Chunk(int FirstUser, int EndUser)
{
    /// <summary>Cuts a batch, by nothing but its lengths, into chunks of at least so many rows (but the last).</summary>
    /// <param name="tasks">The batch.</param>
    /// <param name="rowsPerChunk">Rows of a chunk.</param>
    /// <param name="chunks">Receives the chunks.</param>
    /// <param name="kindOf">Kind of a user: those of a chunk are of one kind, which may end it before it has its rows.</param>
    public static void Plan(TaskBatch tasks, int rowsPerChunk, List<Chunk> chunks, Func<int, bool>? kindOf = null)
    {
        chunks.Clear();
        var first = 0;
        var rows = 0;
        for (var u = 0; u < tasks.Count; u++)
        {
            rows += tasks.SupportLength(u) + tasks.QueryLength(u);
            if (rows >= rowsPerChunk || u == tasks.Count - 1 || (kindOf is not null && kindOf(u) != kindOf(u + 1)))
            {
                chunks.Add(new(first, u + 1));
                (first, rows) = (u + 1, 0);
            }
        }
    }
}
