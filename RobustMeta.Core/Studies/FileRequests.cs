namespace RobustMeta.Studies;

/// <summary>Looks at many small files, several at a time: what takes long is the way to the disk or to a file server.</summary>
internal static class FileRequests
{
    private const int AtOnce = 16;

    /// <summary>What is asked of each, in their order.</summary>
    /// <param name="all">What is asked for.</param>
    public static ParallelQuery<T> SideBySide<T>(IEnumerable<T> all)
    {
        // The pool adds a thread a second beyond its least number; until then all requests would wait.
        ThreadPool.GetMinThreads(out var workers, out var others);
        if (workers < AtOnce)
        {
            ThreadPool.SetMinThreads(AtOnce, others);
        }
        return all.AsParallel().AsOrdered().WithDegreeOfParallelism(AtOnce);
    }
}
