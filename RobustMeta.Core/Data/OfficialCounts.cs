namespace RobustMeta.Data;

/// <summary>What the official release of a data set holds, and how the copy that the catalog describes differs from it.</summary>
public sealed record OfficialCounts
{
    /// <summary>Users of the official release; null where it is not stated.</summary>
    public long? Users { get; init; }

    /// <summary>Items of the official release that have a row; null where it is not stated.</summary>
    public long? Items { get; init; }

    /// <summary>Rows of the official release; null where it is not stated.</summary>
    public long? Rows { get; init; }

    /// <summary>How the copy whose sums the catalog has differs, and why; empty where it does not.</summary>
    public string Difference { get; init; } = "";
}
