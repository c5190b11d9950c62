namespace RobustMeta.Data;

/// <summary>What several rows of one entity in a file of features mean.</summary>
public enum RepeatRule
{
    /// <summary>A second row is an error.</summary>
    Refuse,

    /// <summary>The first row counts.</summary>
    First,

    /// <summary>The rows add up: each brings tokens of a bag (a row per tag).</summary>
    Bag,
}
