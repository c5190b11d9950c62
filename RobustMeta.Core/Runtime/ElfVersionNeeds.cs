using System.Buffers.Binary;
using System.Text;

namespace RobustMeta.Runtime;

/// <summary>
/// Edits the symbol-version requirements of a 64-bit little-endian ELF library held in memory (System V ABI, section
/// <c>.gnu.version_r</c>).
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const byte WeakFlag = 0x2;

    /// <summary>
    /// Marks each requirement of the given version as weak, so that the dynamic linker accepts a system library that
    /// lacks the version. Only right when no relocation uses a symbol of it.
    /// </summary>
    /// <returns>Number of requirements marked; 0 when the image is no such ELF file or does not name the version.</returns>
    public static int MarkWeak(Span<byte> image, string version)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (image.Length < 64 || !image.StartsWith(magic))
        {
            return 0;
        }
        var wanted = Encoding.ASCII.GetBytes(version + "\0");
        var sections = (int)BinaryPrimitives.ReadInt64LittleEndian(image[0x28..]);
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        var marked = 0;
        for (var i = 0; i < sectionCount; i++)
        {
            var header = image[(sections + i * sectionSize)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == VersionNeedSection)
            {
                var stringSection = sections + BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]) * sectionSize;
                var strings = (int)BinaryPrimitives.ReadInt64LittleEndian(image[(stringSection + 0x18)..]);
                var needs = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]);
                marked += MarkIn(image, needs, strings, wanted);
            }
        }
        return marked;
    }

    // A chain of Verneed records (one a library), each with a chain of Vernaux records (one a version).
    private static int MarkIn(Span<byte> image, int need, int strings, ReadOnlySpan<byte> wanted)
    {
        var marked = 0;
        while (true)
        {
            var versions = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]);
            var version = need + BinaryPrimitives.ReadInt32LittleEndian(image[(need + 8)..]);
            for (var k = 0; k < versions; k++)
            {
                var name = strings + BinaryPrimitives.ReadInt32LittleEndian(image[(version + 8)..]);
                if (image[name..].StartsWith(wanted))
                {
                    image[version + 4] |= WeakFlag;
                    marked++;
                }
                version += BinaryPrimitives.ReadInt32LittleEndian(image[(version + 12)..]);
            }
            var next = BinaryPrimitives.ReadInt32LittleEndian(image[(need + 12)..]);
            if (next == 0)
            {
                return marked;
            }
            need += next;
        }
    }
}
