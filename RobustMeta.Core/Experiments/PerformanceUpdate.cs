namespace RobustMeta.Experiments;

/// <summary>What bringing <c>performance.csv</c> up to date came to.</summary>
/// <param name="Added">The rows that were written, beside those that were there.</param>
/// <param name="IsRebuilt">Whether the whole file was made anew, for it did not belong to the runs.</param>
/// <param name="SetAside">Where a file of the previous format was moved to, or null.</param>
/// <param name="Unread">Finished runs that could not be read, with the reason.</param>
public sealed record PerformanceUpdate(
    IReadOnlyList<PerformanceRow> Added,
    bool IsRebuilt,
    string? SetAside,
    IReadOnlyList<string> Unread
);
