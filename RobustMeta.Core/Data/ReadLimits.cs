using System.Globalization;

namespace RobustMeta.Data;

/// <summary>
/// How much a data set may hold: a file beyond a limit is refused while it is read, before it fills the memory. A data set
/// that is meant to be larger raises the limit in the table <c>limits</c> of its catalog entry.
/// </summary>
public sealed record ReadLimits
{
    /// <summary>Most users.</summary>
    public long Users { get; init; } = 50_000_000;

    /// <summary>Most items.</summary>
    public long Items { get; init; } = 50_000_000;

    /// <summary>Most rating rows, duplicates included.</summary>
    public long Rows { get; init; } = 1_000_000_000;

    /// <summary>Longest line, in bytes.</summary>
    public long LineBytes { get; init; } = 16L << 20;

    /// <summary>Longest field, in bytes.</summary>
    public long FieldBytes { get; init; } = 1L << 20;

    /// <summary>Most columns.</summary>
    public long Columns { get; init; } = 100_000;

    /// <summary>Largest file after decompression, in bytes.</summary>
    public long FileBytes { get; init; } = 64L << 30;

    /// <summary>
    /// Largest ratio of the decompressed to the compressed size, for files of more than 64 MiB; of a Parquet file it bounds the
    /// rows, eight bytes each, and the pages.
    /// </summary>
    public long Ratio { get; init; } = 200;

    /// <summary>Whether no catalog entry has these limits, so that none can be raised.</summary>
    internal bool AreFixed { get; init; }

    /// <summary>What to say of a file with more columns.</summary>
    internal string FewerColumns =>
        string.Create(CultureInfo.InvariantCulture, $"expected at most {Columns:N0} columns; if more are right, ")
        + Advice("columns");

    /// <summary>What to do with a file that is meant to be beyond a limit.</summary>
    /// <param name="key">The limit.</param>
    internal string Advice(string key) =>
        AreFixed
            ? "leave out what is not read, or split the file"
            : $"raise '{key}' in the table 'limits' of the data set in catalog.toml";

    /// <summary>The limits where the catalog names none.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>The default limits, for files that no catalog entry names.</summary>
    internal static ReadLimits Fixed { get; } = new() { AreFixed = true };
}
