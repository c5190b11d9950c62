namespace RobustMeta.Data;

/// <summary>One feature in a delimited file.</summary>
/// <param name="Column">Header of the column, or its position from 1.</param>
/// <param name="Kind">Kind of the feature.</param>
/// <param name="Name">Name of the feature; null takes the column's.</param>
/// <param name="BagSeparator">What stands between the tokens of a bag.</param>
public sealed record DelimitedFeature(
    string Column,
    FeatureKind Kind = FeatureKind.Token,
    string? Name = null,
    string BagSeparator = "|"
)
{
    /// <summary>For a number out of several in one field: its place among those that blanks separate, from 1; else null.</summary>
    public int? Element { get; init; }
}
