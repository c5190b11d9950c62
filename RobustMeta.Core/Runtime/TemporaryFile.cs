using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RobustMeta.Runtime;

/// <summary>
/// Names of files that are being written: <c>NAME.ORIGIN.PROCESS.RANDOM.part</c>. The origin is a hash of host, boot and process
/// namespace, for process numbers are unique within one of them alone: containers that share a folder have equal numbers.
/// </summary>
public static class TemporaryFile
{
    /// <summary>The ending of all such names.</summary>
    public const string Extension = ".part";

    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);
    private static readonly Lazy<string> Origin = new(() =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Boot()}\n{ProcessNamespace()}"))
        )[..12]
    );

    /// <summary>A new name beside a file, in the same folder, so that renaming it replaces the file in one step.</summary>
    /// <param name="path">The file that is to be written.</param>
    public static string Beside(string path) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{path}.{Origin.Value}.{Environment.ProcessId}.{Guid.NewGuid():N}{Extension}"
        );

    /// <summary>Removes what processes left that ended while they wrote; what another process still writes stays.</summary>
    /// <param name="folder">The folder; its subfolders are not looked into.</param>
    /// <returns>Number of files that were removed.</returns>
    public static int Sweep(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }
        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(folder, $"*{Extension}").Where(IsLeft).ToList())
        {
            try
            {
                File.Delete(path);
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
        var parts = Path.GetFileName(path).Split('.');
        return
            parts.Length >= 5
            && parts[^4] == Origin.Value
            && int.TryParse(parts[^3], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? process != Environment.ProcessId && !IsAlive(process)
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > LongestWrite;
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It may not be asked, so it is there.
            return true;
        }
    }

    private static string Boot() =>
        File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id") : "";

    private static string ProcessNamespace() =>
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";
}
