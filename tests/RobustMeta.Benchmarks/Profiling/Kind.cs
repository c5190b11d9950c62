namespace RobustMeta.Benchmarks.Profiling;

/// <summary>What processor time is spent for.</summary>
internal enum Kind
{
    /// <summary>Compiled code of the rooms that compute: losses, gradients, weights, metrics, shifts, statistics.</summary>
    Mathematics,

    /// <summary>All other code: reading, tasks, tables, files, text.</summary>
    Other,

    /// <summary>The runtime itself: compilation, types, garbage collection.</summary>
    Runtime,

    /// <summary>Threads of a pool that wait for the work of one another, spinning or falling asleep.</summary>
    Waiting,
}
