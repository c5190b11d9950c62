namespace RobustMeta.Data.Reading.Columnar;

/// <summary>
/// Reads structures in Thrift's compact protocol from bytes. Every step takes a byte at least and none goes past the end, so that
/// reading ends on any bytes; a field of another type than the one that is asked for is damage.
/// </summary>
/// <remarks>Source: Apache Thrift, "Thrift Compact protocol encoding".</remarks>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    // The format nests a handful of structures.
    private const int Deepest = 32;
    private readonly int length = bytes.Length;
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Bytes that were read.</summary>
    public readonly int Taken => length - rest.Length;

    /// <summary>Goes to the next field of a structure; false at its end.</summary>
    /// <param name="field">The number of the field before, 0 at the start; becomes that of the next.</param>
    /// <param name="type">The type of the next field.</param>
    /// <exception cref="InvalidDataException">The bytes are no structure.</exception>
    public bool Next(scoped ref int field, out ThriftType type)
    {
        var header = Byte();
        type = (ThriftType)(header & 15);
        if (header == 0)
        {
            return false;
        }
        var number = header >> 4 == 0 ? Signed() : field + (header >> 4);
        field =
            type is > ThriftType.Stop and <= ThriftType.Structure && number is >= 0 and <= short.MaxValue
                ? (int)number
                : throw Damaged();
        return true;
    }

    /// <summary>A whole number of any width.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    public long Integer(ThriftType type) =>
        type switch
        {
            ThriftType.Byte => (sbyte)Byte(),
            ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64 => Signed(),
            _ => throw Damaged(),
        };

    /// <summary>A whole number of 32 bits.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    public int Integer32(ThriftType type) =>
        Integer(type) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Damaged();

    /// <summary>A truth value: the type of the field itself.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    public readonly bool Truth(ThriftType type) =>
        type is ThriftType.True or ThriftType.False ? type == ThriftType.True : throw Damaged();

    /// <summary>Bytes, or a text as UTF-8.</summary>
    /// <exception cref="InvalidDataException">The field is none.</exception>
    public ReadOnlySpan<byte> Bytes(ThriftType type)
    {
        Require(type == ThriftType.Binary);
        return Take(Varint());
    }

    /// <summary>Number of elements of a list; they follow.</summary>
    /// <exception cref="InvalidDataException">The field is no list of that type, or has more elements than bytes follow.</exception>
    public int List(ThriftType type, ThriftType element)
    {
        Require(type == ThriftType.List);
        var count = ListOf(out var found);
        Require(found == element || count == 0);
        return count;
    }

    /// <summary>Requires that a field is a structure; its fields follow.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static void Structure(ThriftType type) => Require(type == ThriftType.Structure);

    /// <summary>Goes behind a field that is not needed.</summary>
    /// <exception cref="InvalidDataException">It goes past the end, or is nested too deep.</exception>
    public void Skip(ThriftType type) => Skip(type, 0, isElement: false);

    private void Skip(ThriftType type, int depth, bool isElement)
    {
        Require(depth <= Deepest);
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                // A truth value of a field is its type; in a list it takes a byte.
                Take(isElement ? 1UL : 0);
                break;
            case ThriftType.Byte:
                Byte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                Varint();
                break;
            case ThriftType.Double:
                Take(sizeof(double));
                break;
            case ThriftType.Binary:
                Take(Varint());
                break;
            case ThriftType.List or ThriftType.Set:
                SkipElements(ListOf(out var element), element, element, depth);
                break;
            case ThriftType.Map:
                var count = Count(Varint());
                var types = count == 0 ? 0 : Byte();
                SkipElements(2 * count, (ThriftType)(types >> 4), (ThriftType)(types & 15), depth);
                break;
            case ThriftType.Structure:
                var field = 0;
                while (Next(ref field, out var inner))
                {
                    Skip(inner, depth + 1, isElement: false);
                }
                break;
            default:
                throw Damaged();
        }
    }

    // Of a map keys and values alternate.
    private void SkipElements(int count, ThriftType even, ThriftType odd, int depth)
    {
        for (var i = 0; i < count; i++)
        {
            Skip(i % 2 == 0 ? even : odd, depth + 1, isElement: true);
        }
    }

    private int ListOf(out ThriftType element)
    {
        var header = Byte();
        element = (ThriftType)(header & 15);
        return Count(header >> 4 == 15 ? Varint() : (ulong)(header >> 4));
    }

    // Every element takes a byte at least.
    private readonly int Count(ulong count) =>
        count <= (ulong)rest.Length && count < int.MaxValue / 2 ? (int)count : throw Damaged();

    // Signs in the lowest bit.
    private long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    // Seven bits a byte, the lowest first; 64 bits at most.
    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
        throw Damaged();
    }

    private int Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(ulong count)
    {
        Require(count <= (ulong)rest.Length);
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw Damaged();
        }
    }

    private static InvalidDataException Damaged() => new("a damaged structure");
}
