namespace RobustMeta.Data;

/// <summary>A data set of the catalog: its files, format, and defaults.</summary>
public sealed record CatalogEntry
{
    /// <summary>Name in specs.</summary>
    public required string Name { get; init; }

    /// <summary>Full name.</summary>
    public string Title { get; init; } = "";

    /// <summary>Name of its folder; null where that is the name of the data set.</summary>
    public string? Folder { get; init; }

    /// <summary>Web page that describes it.</summary>
    public string Page { get; init; } = "";

    /// <summary>Where it can be downloaded: a zip archive or the one file; null where it must be fetched by hand.</summary>
    public Uri? Url { get; init; }

    /// <summary>Whether the download may go over an unencrypted connection.</summary>
    public bool Insecure { get; init; }

    /// <summary>Terms of use, and whom to cite.</summary>
    public string Licence { get; init; } = "";

    /// <summary>What to do by hand, or nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Name of the reader of its format.</summary>
    public required string Format { get; init; }

    /// <summary>What the values of its rows are.</summary>
    public FeedbackKind Feedback { get; init; } = FeedbackKind.Explicit;

    /// <summary>How counts become labels, for <see cref="FeedbackKind.Counts"/>.</summary>
    public CountRule Counts { get; init; } = CountRule.Log;

    /// <summary>Smallest rating that usually counts as relevant.</summary>
    public required double LabelThreshold { get; init; }

    /// <summary>User features that models should see by default.</summary>
    public IReadOnlyList<string> UserFeatures { get; init; } = [];

    /// <summary>Item features that models should see by default.</summary>
    public IReadOnlyList<string> ItemFeatures { get; init; } = [];

    /// <summary>
    /// Files whose content is known: name → SHA-256 of the uncompressed content in hexadecimal, empty where it is not
    /// known. The files that its reader needs are there without being named.
    /// </summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether files with another content than <see cref="Files"/> lists are read, with a note; else they are refused.</summary>
    public bool AnyCopy { get; init; }

    /// <summary>What becomes of several ratings of one item by one user.</summary>
    public DuplicateRule Duplicates { get; init; } = DuplicateRule.KeepLast;

    /// <summary>The columns of delimited files.</summary>
    public DelimitedSpec? Columns { get; init; }

    /// <summary>Further settings of its reader.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What the official release holds.</summary>
    public OfficialCounts Official { get; init; } = new();

    /// <summary>What its files may hold.</summary>
    public ReadLimits Limits { get; init; } = ReadLimits.Default;
}
