namespace RobustMeta.Studies;

/// <summary>Files of something else in a folder that results would stand among.</summary>
internal static class ForeignFile
{
    /// <summary>The first of them by name; null where there is none, or no folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isOwn">Whether a name is of the results.</param>
    public static string? In(string folder, Func<string, bool> isOwn) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFileSystemEntries(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => !isOwn(name) && !IsNobodys(name))
                .Order(StringComparer.Ordinal)
                .FirstOrDefault()
            : null;

    // Hidden files, what is being written, and what a file system keeps at its root.
    private static bool IsNobodys(string name) =>
        name.StartsWith('.')
        || name.EndsWith(Runtime.TemporaryFile.Extension, StringComparison.Ordinal)
        || name == "lost+found";
}
