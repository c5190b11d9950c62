namespace RobustMeta.Data;

/// <summary>What the catalog knows about a data set.</summary>
public sealed record CatalogEntry
{
    /// <summary>Name in specs; also the name of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Full name.</summary>
    public required string Title { get; init; }

    /// <summary>Web page that describes it.</summary>
    public string Page { get; init; } = "";

    /// <summary>Where it can be downloaded: a zip archive or the one file; null where it must be fetched by hand.</summary>
    public Uri? Url { get; init; }

    /// <summary>Terms of use, and whom to cite.</summary>
    public string Licence { get; init; } = "";

    /// <summary>What to do by hand, or nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Name of the reader of its format.</summary>
    public required string Reader { get; init; }

    /// <summary>Smallest rating that usually counts as relevant.</summary>
    public required double LabelThreshold { get; init; }

    /// <summary>User features that models should see by default.</summary>
    public IReadOnlyList<string> UserFeatures { get; init; } = [];

    /// <summary>Item features that models should see by default.</summary>
    public IReadOnlyList<string> ItemFeatures { get; init; } = [];

    /// <summary>Its files: name → SHA-256 of the uncompressed content in hexadecimal, empty where it is not known.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>What becomes of several ratings of one item by one user.</summary>
    public DuplicateRule Duplicates { get; init; } = DuplicateRule.KeepLast;

    /// <summary>The columns, for the reader <c>delimited</c>.</summary>
    public DelimitedSpec? Columns { get; init; }
}
