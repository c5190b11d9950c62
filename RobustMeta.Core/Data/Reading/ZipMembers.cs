using System.IO.Compression;

namespace RobustMeta.Data.Reading;

/// <summary>Unpacks the files of a data set from a zip archive. .NET does not compare a member's CRC; here it is.</summary>
internal static class ZipMembers
{
    /// <summary>Unpacks some files, wherever in the archive they are.</summary>
    /// <param name="archivePath">The archive.</param>
    /// <param name="files">Names of the files.</param>
    /// <param name="folder">Folder to unpack into.</param>
    /// <param name="limits">What a file may hold.</param>
    /// <exception cref="IOException">A file is not there, there twice, too large, or damaged.</exception>
    public static void Unpack(string archivePath, IEnumerable<string> files, string folder, ReadLimits limits)
    {
        using var archive = ZipFile.OpenRead(archivePath);
        foreach (var file in files)
        {
            var (member, name) = Find(archive, file);
            var target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Extract(member, target, limits);
        }
    }

    private static (ZipArchiveEntry Member, string Name) Find(ZipArchive archive, string file)
    {
        foreach (var name in new[] { file, file + DataFile.Compressed })
        {
            var found = archive
                .Entries.Where(e => e.FullName == name || e.FullName.EndsWith($"/{name}", StringComparison.Ordinal))
                .Where(e => !e.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                .ToList();
            if (found.Count > 1)
            {
                throw new IOException($"The archive holds {found.Count} files {name}.");
            }
            if (found.Count == 1)
            {
                return (found[0], name);
            }
        }
        throw new IOException($"The archive holds no file {file}.");
    }

    private static void Extract(ZipArchiveEntry member, string target, ReadLimits limits)
    {
        const long RatioMatters = 64L << 20;
        if (
            member.Length > limits.FileBytes
            || (member.Length > RatioMatters && member.Length / limits.Ratio > member.CompressedLength)
        )
        {
            throw new IOException(
                FormattableString.Invariant(
                    $"{member.FullName} unpacks to {member.Length:N0} bytes from {member.CompressedLength:N0}: more than 'limits' allow."
                )
            );
        }
        var crc = new ICSharpCode.SharpZipLib.Checksum.Crc32();
        long total = 0;
        using var content = member.Open();
        using var file = File.Create(target);
        var buffer = new byte[1 << 16];
        for (var read = content.Read(buffer); read > 0; read = content.Read(buffer))
        {
            total += read;
            if (total > member.Length)
            {
                throw new IOException($"{member.FullName} is longer than the archive says.");
            }
            crc.Update(new ArraySegment<byte>(buffer, 0, read));
            file.Write(buffer, 0, read);
        }
        if (total != member.Length || crc.Value != member.Crc32)
        {
            throw new IOException($"{member.FullName} is damaged: its content does not have the archive's CRC.");
        }
    }
}
