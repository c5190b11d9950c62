namespace RobustMeta.Data;

/// <summary>What becomes of several ratings of one item by one user.</summary>
public enum DuplicateRule
{
    /// <summary>The last in time stays (without times: the last in the file).</summary>
    KeepLast,

    /// <summary>The first in time stays (without times: the first in the file).</summary>
    KeepFirst,

    /// <summary>One rating with the mean value and the latest time stays.</summary>
    Mean,

    /// <summary>A duplicate is an error.</summary>
    Refuse,

    /// <summary>One row with the sum of the values and the latest time stays: plays, hours.</summary>
    Sum,
}
