namespace RobustMeta.Benchmarks.Workload;

/// <summary>Which users share a batch.</summary>
internal enum TaskOrder
{
    /// <summary>In the order of their making, which is random.</summary>
    Random,

    /// <summary>By length of the support, so that padding is short.</summary>
    Bucketed,
}
