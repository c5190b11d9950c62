using System.Globalization;
using System.Security.Cryptography;
using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>
/// The file <c>done</c> of a run folder: size and SHA-256 of every other file, written last and onto the disk. A run is finished
/// when it is there and all files are as it says.
/// </summary>
/// <remarks>
/// <c>timing.csv</c> is not in it: it differs between equal runs, whose manifests shall be the same bytes, and no result is
/// computed from it.
/// </remarks>
internal static class RunManifest
{
    public const string Name = "done";
    private const string Header = "file,bytes,sha256";
    private const string NoList =
        $"{Name} has no whole list of the run's files: it is damaged, or of a version before 0.2.";

    /// <summary>Brings all files of a folder onto the disk, then writes the manifest.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="except">Names of files that do not belong to the run's results.</param>
    public static void Write(string folder, Func<string, bool> except)
    {
        var names = Directory
            .EnumerateFiles(folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => name != Name && !name.EndsWith(".part", StringComparison.Ordinal) && !except(name))
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var name in names)
        {
            DurableFile.Flush(Path.Combine(folder, name));
        }
        DurableFile.FlushFolder(folder);
        string[] lines = [Header, .. names.Select(name => Line(folder, name)), End(names.Count)];
        DurableFile.Write(Path.Combine(folder, Name), string.Concat(lines.Select(line => line + "\n")));
    }

    /// <summary>What is wrong with the files of a finished run, a sentence each; empty where nothing is.</summary>
    /// <param name="folder">A folder with a manifest.</param>
    public static IReadOnlyList<string> Damage(string folder) =>
        Wrong(folder, (name, line) => Line(folder, name) == line);

    /// <summary>As <see cref="Damage"/>, by the sizes of the files alone, which are not opened.</summary>
    /// <param name="folder">A folder with a manifest.</param>
    public static IReadOnlyList<string> WrongSizes(string folder) =>
        Wrong(
            folder,
            (name, line) =>
                FileIdentity.Of(Path.Combine(folder, name)) is { IsRegular: true, Size: var size }
                && line.StartsWith(
                    string.Create(CultureInfo.InvariantCulture, $"{name},{size},"),
                    StringComparison.Ordinal
                )
        );

    /// <summary>Requires that the manifest itself is whole, before files are looked up in it.</summary>
    /// <param name="folder">A folder with a manifest.</param>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void RequireList(string folder)
    {
        if (!IsWhole(Lines(folder)))
        {
            throw new InvalidDataException($"{folder}: {NoList} Make the run again.");
        }
    }

    private static string[] Lines(string folder) => RegularFile.Text(Path.Combine(folder, Name)).Split('\n');

    private static bool IsWhole(string[] lines) =>
        lines.Length >= 3 && lines[0] == Header && lines[^2] == End(lines.Length - 3) && lines[^1].Length == 0;

    private static IReadOnlyList<string> Wrong(string folder, Func<string, string, bool> isAsWritten)
    {
        var lines = Lines(folder);
        if (!IsWhole(lines))
        {
            return [NoList];
        }
        return
        [
            .. lines[1..^2]
                .Select(line => (line, name: line.Split(',')[0]))
                .Where(entry => Path.GetFileName(entry.name) != entry.name || !isAsWritten(entry.name, entry.line))
                .Select(entry => $"{entry.name} is missing or is not what the run wrote."),
        ];
    }

    /// <summary>Whether one file of a finished run is what the run wrote, whatever became of the others.</summary>
    /// <param name="folder">A folder with a manifest.</param>
    /// <param name="name">Name of the file.</param>
    public static bool Holds(string folder, string name) => Lines(folder).Contains(Line(folder, name));

    // The last line, so that a list cut at a line's end is known as such.
    private static string End(int count) => string.Create(CultureInfo.InvariantCulture, $"end,{count},");

    private static string Line(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path) || !FileIdentity.Of(path).IsRegular)
        {
            return name;
        }
        using var stream = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        return string.Create(CultureInfo.InvariantCulture, $"{name},{stream.Length},{hash}");
    }
}
