namespace RobustMeta.Data;

/// <summary>
/// How the columns of delimited text files (CSV, TSV, …) map to ratings and features. A column is named by its header or,
/// in a file without one, by its position from 1.
/// </summary>
public sealed record DelimitedSpec
{
    /// <summary>Name of the file of ratings, plain or <c>.gz</c>, relative to the folder that is read.</summary>
    public required string Ratings { get; init; }

    /// <summary>Column of the user identifier.</summary>
    public required string User { get; init; }

    /// <summary>Column of the item identifier.</summary>
    public required string Item { get; init; }

    /// <summary>Column of the rating; null where every row is a positive (rating 1).</summary>
    public string? Rating { get; init; }

    /// <summary>Column of the Unix time in seconds, or null.</summary>
    public string? Time { get; init; }

    /// <summary>Values of the rating column that stand for "not rated"; such rows are counted and left out.</summary>
    public IReadOnlyList<double> NotRated { get; init; } = [];

    /// <summary>File of the users, or null.</summary>
    public string? Users { get; init; }

    /// <summary>Column of the user identifier in the file of users.</summary>
    public string? UsersId { get; init; }

    /// <summary>Features in the file of users.</summary>
    public IReadOnlyList<DelimitedFeature> UserFeatures { get; init; } = [];

    /// <summary>File of the items, or null.</summary>
    public string? Items { get; init; }

    /// <summary>Column of the item identifier in the file of items.</summary>
    public string? ItemsId { get; init; }

    /// <summary>Features in the file of items.</summary>
    public IReadOnlyList<DelimitedFeature> ItemFeatures { get; init; } = [];

    /// <summary>What stands between two fields; <c>\t</c> for a tab.</summary>
    public string Separator { get; init; } = ",";

    /// <summary>Whether the first line names the columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>Whether fields may be quoted by double quotes.</summary>
    public bool Quoted { get; init; } = true;

    /// <summary>Whether a backslash escapes within quotes.</summary>
    public bool Backslash { get; init; }

    /// <summary>Whether texts are ISO-8859-1; otherwise UTF-8.</summary>
    public bool Latin1 { get; init; }
}
