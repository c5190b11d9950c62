using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>
/// SHA-256 sums of data files. A sum is computed once for each state of a file (size, time of change, inode) and kept in
/// the user's cache folder; where that cannot be written, it is computed anew.
/// </summary>
internal static class Checksums
{
    private static readonly ConcurrentDictionary<string, string> Known = new();

    /// <summary>SHA-256 of a file's uncompressed content, in lower-case hexadecimal.</summary>
    /// <exception cref="DataFormatException">The content is damaged or beyond the limits.</exception>
    public static string Of(string path, ReadLimits limits)
    {
        var full = Path.GetFullPath(path);
        var identity = FileIdentity.Of(full);
        var state = string.Create(
            CultureInfo.InvariantCulture,
            $"{full}\n{identity.Size} {identity.Modified.Item1}.{identity.Modified.Item2} {identity.Inode}"
        );
        return Known.GetOrAdd(state, _ => Kept(state) ?? Keep(state, Compute(full, limits)));
    }

    /// <summary>The sum, computed anew.</summary>
    public static string Compute(string path, ReadLimits limits)
    {
        using var content = DataFile.Open(path, limits);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static string? Kept(string state)
    {
        try
        {
            return
                Place(state) is { } place && File.Exists(place) && File.ReadAllText(place).Trim() is { Length: 64 } sum
                ? sum
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Keep(string state, string sum)
    {
        try
        {
            if (Place(state) is { } place)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                DurableFile.Write(place, sum);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without a cache the sum is computed again next time.
        }
        return sum;
    }

    private static string? Place(string state) =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } folder
            ? Path.Combine(
                folder,
                "robustmeta",
                "sums",
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)))
            )
            : null;
}
