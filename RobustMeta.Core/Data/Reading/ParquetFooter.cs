using System.Buffers.Binary;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Looks through the footer of a Parquet file, a structure in Thrift's compact protocol, before the library reads it: the library
/// does not end on some damaged footers. Only the form is checked: known types, lengths within the footer, an end where it ends.
/// </summary>
/// <remarks>
/// Source: the specification of Apache Thrift's compact protocol, and of Parquet's file format (footer, its length in four bytes, PAR1).
/// </remarks>
internal ref struct ParquetFooter
{
    // The format nests a handful of structures.
    private const int Deepest = 32;
    private const int TailBytes = 8;
    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private ReadOnlySpan<byte> rest;

    private ParquetFooter(ReadOnlySpan<byte> bytes) => rest = bytes;

    /// <summary>Checks the footer of a file.</summary>
    /// <param name="file">The file, which can seek; left at its start.</param>
    /// <exception cref="InvalidDataException">It is none, or is damaged.</exception>
    public static void Check(Stream file)
    {
        if (file.Length < TailBytes + Magic.Length)
        {
            throw new InvalidDataException("no footer");
        }
        Span<byte> tail = stackalloc byte[TailBytes];
        file.Seek(-TailBytes, SeekOrigin.End);
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual(Magic) || length <= 0 || length > file.Length - TailBytes - Magic.Length)
        {
            throw new InvalidDataException("no footer");
        }
        var bytes = new byte[length];
        file.Seek(-TailBytes - length, SeekOrigin.End);
        file.ReadExactly(bytes);
        file.Seek(0, SeekOrigin.Begin);
        var footer = new ParquetFooter(bytes);
        footer.SkipStructure(0);
        if (!footer.rest.IsEmpty)
        {
            throw Damaged();
        }
    }

    private void SkipStructure(int depth)
    {
        if (depth > Deepest)
        {
            throw Damaged();
        }
        while (Byte() is var header && header != 0)
        {
            if (header >> 4 == 0)
            {
                // The number of the field, where it is not given as a difference to the last one.
                Number();
            }
            Skip(header & 15, depth, isElement: false);
        }
    }

    private void Skip(int type, int depth, bool isElement)
    {
        switch (type)
        {
            case 1 or 2:
                // A truth value of a field is its type; in a list it takes a byte.
                Take(isElement ? 1UL : 0);
                break;
            case 3:
                Take(1);
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7:
                Take(8);
                break;
            case 8:
                Take(Number());
                break;
            case 9 or 10:
                SkipList(depth);
                break;
            case 11:
                SkipMap(depth);
                break;
            case 12:
                SkipStructure(depth + 1);
                break;
            default:
                throw Damaged();
        }
    }

    private void SkipList(int depth)
    {
        var header = Byte();
        var count = header >> 4 == 15 ? Number() : (ulong)(header >> 4);
        // Every element takes a byte at least.
        if (count > (ulong)rest.Length || depth > Deepest)
        {
            throw Damaged();
        }
        for (var i = 0UL; i < count; i++)
        {
            Skip(header & 15, depth + 1, isElement: true);
        }
    }

    private void SkipMap(int depth)
    {
        var count = Number();
        if (count > (ulong)rest.Length || depth > Deepest)
        {
            throw Damaged();
        }
        var types = count == 0 ? 0 : Byte();
        for (var i = 0UL; i < count; i++)
        {
            Skip(types >> 4, depth + 1, isElement: true);
            Skip(types & 15, depth + 1, isElement: true);
        }
    }

    // Seven bits a byte, the lowest first; 64 bits at most.
    private ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << Math.Min(shift, 63);
            if (next < 128)
            {
                return value;
            }
        }
        throw Damaged();
    }

    private int Byte()
    {
        Take(1, out var taken);
        return taken[0];
    }

    private void Take(ulong count) => Take(count, out _);

    private void Take(ulong count, out ReadOnlySpan<byte> taken)
    {
        if (count > (ulong)rest.Length)
        {
            throw Damaged();
        }
        taken = rest[..(int)count];
        rest = rest[(int)count..];
    }

    private static InvalidDataException Damaged() => new("a damaged footer");
}
