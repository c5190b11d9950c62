using System.IO.Compression;
using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Studies;

/// <summary>Text files that are compressed where their name ends in <c>.gz</c>; equal texts give equal bytes.</summary>
internal static class PackedText
{
    private const string Ending = ".gz";

    /// <summary>Writes a compressed file, whole or not at all.</summary>
    /// <param name="path">The file; its name ends in <c>.gz</c>.</param>
    /// <param name="text">What it holds.</param>
    public static void Write(string path, string text) =>
        DurableFile.Write(
            path,
            file =>
            {
                using var packed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
                packed.Write(Encoding.UTF8.GetBytes(text));
            }
        );

    /// <summary>The text of a file, compressed or not.</summary>
    /// <exception cref="InvalidDataException">It is named as compressed and is not, or ends early.</exception>
    public static string Read(string path)
    {
        if (!path.EndsWith(Ending, StringComparison.Ordinal))
        {
            return RegularFile.Text(path);
        }
        using var packed = new GZipStream(RegularFile.Open(path), CompressionMode.Decompress);
        using var reader = new StreamReader(packed, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
