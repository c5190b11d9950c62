using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustMeta.Runtime;

/// <summary>
/// Names of files that are being written: <c>NAME.ORIGIN.PROCESS.RANDOM.part</c>. The origin tells within which
/// machine or container the process has its number.
/// </summary>
public static class TemporaryFile
{
    /// <summary>The ending of all such names.</summary>
    public const string Extension = ".part";

    // Other programs use this ending too, some with a number before it: what has not the whole of our names is not ours to remove.
    private static readonly Regex Ours = new(
        @"\.(?<origin>[0-9a-f]{12})\.(?<process>[0-9]{1,10})\.[0-9a-f]{32}\.part$",
        RegexOptions.CultureInvariant
    );

    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);

    /// <summary>A new name beside a file, in the same folder, so that renaming it replaces the file in one step.</summary>
    /// <param name="path">The file that is to be written.</param>
    public static string Beside(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path}.{ProcessOrigin.Current}.{Environment.ProcessId}.{Guid.NewGuid():N}{Extension}"
        );
    }

    /// <summary>Removes what processes left that ended while they wrote; what another process still writes stays.</summary>
    /// <param name="folder">The folder; its subfolders are not looked into.</param>
    /// <returns>Number of files and unfinished folders that were removed.</returns>
    public static int Sweep(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Remove(folder, _ => true);
    }

    /// <summary>As <see cref="Sweep"/>, of one file or folder alone.</summary>
    /// <param name="path">The file or folder that was being written.</param>
    /// <returns>Number of files and unfinished folders that were removed.</returns>
    public static int SweepBeside(string path)
    {
        var whole = Path.GetFullPath(Path.TrimEndingDirectorySeparator(path));
        return Remove(Path.GetDirectoryName(whole)!, left => Ours.Replace(left, "") == whole);
    }

    private static int Remove(string folder, Func<string, bool> isMeant)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }
        var removed = 0;
        var left = Directory.EnumerateFileSystemEntries(folder, $"*{Extension}").Where(isMeant).Where(IsLeft);
        foreach (var path in left.ToList())
        {
            try
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
                removed++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Harmless where it stays: a later run deletes it.
            }
        }
        return removed;
    }

    // Of processes elsewhere nothing is known; no write takes a day.
    private static bool IsLeft(string path)
    {
        var name = Ours.Match(Path.GetFileName(path));
        return name.Success
            && (
                name.Groups["origin"].Value == ProcessOrigin.Current
                && int.TryParse(name.Groups["process"].Value, CultureInfo.InvariantCulture, out var process)
                    ? process != Environment.ProcessId && !ProcessOrigin.IsAlive(process)
                    : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > LongestWrite
            );
    }
}
