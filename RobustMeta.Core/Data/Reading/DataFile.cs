namespace RobustMeta.Data.Reading;

/// <summary>Files of a data set, plain or gzip-compressed.</summary>
internal static class DataFile
{
    /// <summary>Ending of a compressed file.</summary>
    public const string Compressed = ".gz";

    /// <summary>Whether a name is that of a compressed file.</summary>
    public static bool IsCompressed(string name) => name.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is that of a Parquet file, plain or <c>.gz</c>.</summary>
    public static bool IsParquet(string name) =>
        (IsCompressed(name) ? name[..^Compressed.Length] : name).EndsWith(
            ".parquet",
            StringComparison.OrdinalIgnoreCase
        );

    /// <summary>The path of a file of a folder, with or without <c>.gz</c>; null when neither is there.</summary>
    public static string? Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        return File.Exists(plain) ? plain
            : File.Exists(plain + Compressed) ? plain + Compressed
            : null;
    }

    /// <summary>The path of a file that must be there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    public static string Require(string folder, string name) =>
        Find(folder, name)
        ?? throw new FileNotFoundException($"{Path.Combine(folder, name)} (or {name}{Compressed}) does not exist.");

    /// <summary>The contents, decompressed and checked.</summary>
    public static Stream Open(string path, ReadLimits limits) => new CheckedStream(path, limits);

    /// <summary>The bytes behind a place of a file that is not compressed and was found to be within the limits.</summary>
    public static Stream OpenAt(string path, long offset)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = offset;
        return file;
    }
}
