namespace RobustMeta.Runtime;

/// <summary>
/// Reads files that this program wrote. A pipe in the place of one would wait for somebody to write into it, and a device may have no
/// end: both are refused before they are opened.
/// </summary>
internal static class RegularFile
{
    /// <summary>The text of a file.</summary>
    /// <exception cref="InvalidDataException">There is a pipe, device or folder of that name.</exception>
    public static string Text(string path) => File.ReadAllText(Required(path));

    /// <summary>The lines of a file.</summary>
    /// <exception cref="InvalidDataException">There is a pipe, device or folder of that name.</exception>
    public static string[] Lines(string path) => File.ReadAllLines(Required(path));

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="InvalidDataException">There is a pipe, device or folder of that name.</exception>
    public static byte[] Bytes(string path) => File.ReadAllBytes(Required(path));

    /// <summary>A file, opened to be read.</summary>
    /// <exception cref="InvalidDataException">There is a pipe, device or folder of that name.</exception>
    public static FileStream Open(string path) => File.OpenRead(Required(path));

    private static string Required(string path) =>
        !Path.Exists(path) || FileIdentity.Of(path).IsRegular
            ? path
            : throw new InvalidDataException(
                $"{path}: expected a file, found a pipe, device or folder of that name. Put the file back, or take this away and "
                    + "run the command again."
            );
}
