using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace RobustMeta.Runtime;

/// <summary>
/// Where process numbers are unique: a hash of host, boot and process namespace, for containers that share a folder have equal numbers.
/// </summary>
internal static class ProcessOrigin
{
    private const int Digits = 12;
    private static readonly Lazy<string> OfThis = new(() =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Boot()}\n{ProcessNamespace()}"))
        )[..Digits]
    );

    /// <summary>That of this process.</summary>
    public static string Current => OfThis.Value;

    /// <summary>Whether a process of this origin runs.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // Access to it is denied, so it exists.
            return true;
        }
    }

    private static string Boot() =>
        File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id") : "";

    private static string ProcessNamespace() =>
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";
}
