namespace RobustMeta.Data.Reading.Columnar;

/// <summary>What stands before the bytes of a page.</summary>
/// <param name="Kind">What the page holds.</param>
/// <param name="HeaderBytes">Bytes of this header.</param>
/// <param name="Unpacked">Bytes of the page after decompression, levels included.</param>
/// <param name="Packed">Bytes of the page in the file.</param>
/// <param name="Checksum">CRC-32 of the bytes in the file, where the writer gave one.</param>
internal sealed record ParquetPage(ParquetPageKind Kind, int HeaderBytes, int Unpacked, int Packed, uint? Checksum)
{
    /// <summary>Number of values, nulls and empty lists among them; of a dictionary its entries.</summary>
    public int Values { get; private init; }

    /// <summary>How the values are written.</summary>
    public ParquetEncoding Encoding { get; private init; }

    /// <summary>How the levels of definition are written.</summary>
    public ParquetEncoding DefinitionEncoding { get; private init; } = ParquetEncoding.Runs;

    /// <summary>How the levels of repetition are written.</summary>
    public ParquetEncoding RepetitionEncoding { get; private init; } = ParquetEncoding.Runs;

    /// <summary>Bytes of the levels of definition, in the second form of pages.</summary>
    public int DefinitionBytes { get; private init; }

    /// <summary>Bytes of the levels of repetition, in the second form of pages.</summary>
    public int RepetitionBytes { get; private init; }

    /// <summary>Whether the values are compressed, in the second form of pages.</summary>
    public bool IsCompressed { get; private init; } = true;

    /// <summary>Reads the header of a page.</summary>
    /// <param name="bytes">What follows in the column: the header, the page, further pages.</param>
    /// <exception cref="InvalidDataException">It is damaged, or the page is longer than the column.</exception>
    public static ParquetPage Read(ReadOnlySpan<byte> bytes)
    {
        var thrift = new ThriftReader(bytes);
        var (kind, unpacked, packed, checksum) = (-1, -1, -1, default(uint?));
        ParquetPage? inner = null;
        var field = 0;
        while (thrift.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    kind = thrift.Integer32(type);
                    break;
                case 2:
                    unpacked = thrift.Integer32(type);
                    break;
                case 3:
                    packed = thrift.Integer32(type);
                    break;
                case 4:
                    checksum = (uint)thrift.Integer(type);
                    break;
                case 5 or 7 or 8:
                    ThriftReader.Structure(type);
                    // The three kinds of pages that hold values; another header than that of the kind is not looked at.
                    inner = field == 8 ? Second(ref thrift) : First(ref thrift, isDictionary: field == 7);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        var isWhole =
            unpacked >= 0
            && packed >= 0
            && packed <= bytes.Length - thrift.Taken
            && (kind == (int)ParquetPageKind.Index || (inner is { Values: >= 0 } && (int)inner.Kind == kind));
        return isWhole
            ? (inner ?? new(ParquetPageKind.Index, 0, 0, 0, null)) with
            {
                Kind = (ParquetPageKind)kind,
                HeaderBytes = thrift.Taken,
                Unpacked = unpacked,
                Packed = packed,
                Checksum = checksum,
            }
            : throw new InvalidDataException("a damaged page");
    }

    private static ParquetPage First(ref ThriftReader thrift, bool isDictionary)
    {
        var page = new ParquetPage(isDictionary ? ParquetPageKind.Dictionary : ParquetPageKind.Data, 0, 0, 0, null);
        var field = 0;
        while (thrift.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    page = page with { Values = thrift.Integer32(type) };
                    break;
                case 2:
                    page = page with { Encoding = (ParquetEncoding)thrift.Integer32(type) };
                    break;
                case 3 when !isDictionary:
                    page = page with { DefinitionEncoding = (ParquetEncoding)thrift.Integer32(type) };
                    break;
                case 4 when !isDictionary:
                    page = page with { RepetitionEncoding = (ParquetEncoding)thrift.Integer32(type) };
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return page;
    }

    private static ParquetPage Second(ref ThriftReader thrift)
    {
        var page = new ParquetPage(ParquetPageKind.SecondData, 0, 0, 0, null);
        var field = 0;
        while (thrift.Next(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    page = page with { Values = thrift.Integer32(type) };
                    break;
                case 4:
                    page = page with { Encoding = (ParquetEncoding)thrift.Integer32(type) };
                    break;
                case 5:
                    page = page with { DefinitionBytes = thrift.Integer32(type) };
                    break;
                case 6:
                    page = page with { RepetitionBytes = thrift.Integer32(type) };
                    break;
                case 7:
                    page = page with { IsCompressed = thrift.Truth(type) };
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return page;
    }
}
