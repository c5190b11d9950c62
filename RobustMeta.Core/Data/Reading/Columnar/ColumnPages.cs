namespace RobustMeta.Data.Reading.Columnar;

/// <summary>
/// Reads a column of a group of rows, page after page. Each page takes bytes of the column, its values are counted against the
/// column's, and it must decompress to the size it says: so that reading ends on any bytes, in memory that the limits bound.
/// </summary>
/// <param name="chunk">Where the pages are.</param>
/// <param name="leaf">The column.</param>
/// <param name="stored">How its values are read.</param>
/// <param name="rows">Rows of the group.</param>
/// <param name="most">Most bytes that a page may become.</param>
internal sealed class ColumnPages<T>(ParquetChunk chunk, ParquetLeaf leaf, StoredValues<T> stored, int rows, long most)
{
    private readonly T[] values = new T[chunk.Values];
    private readonly ColumnLevels levels = new(leaf, rows);
    private T[]? dictionary;
    private int[] places = [];
    private int count;

    /// <summary>Reads all pages.</summary>
    /// <param name="bytes">The column's bytes in the file.</param>
    /// <returns>The values that are there, and where those of each row start; null where each row has one.</returns>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public (T[] Values, int[]? Starts) Read(ReadOnlyMemory<byte> bytes)
    {
        for (var left = (int)chunk.Values; left > 0; )
        {
            var page = ParquetPage.Read(bytes.Span);
            bytes = bytes[page.HeaderBytes..];
            var content = bytes[..page.Packed];
            bytes = bytes[page.Packed..];
            if (page.Unpacked > most)
            {
                throw new InvalidDataException(FormattableString.Invariant($"a page of {page.Unpacked} bytes"));
            }
            if (page.Kind == ParquetPageKind.Index)
            {
                continue;
            }
            PageBytes.Require(content, page.Checksum);
            if (page.Kind == ParquetPageKind.Dictionary)
            {
                ReadDictionary(page, content);
                continue;
            }
            left -= page.Values;
            if (left < 0)
            {
                throw new InvalidDataException("more values than the column has");
            }
            ReadValues(page, content);
        }
        return (values, levels.Starts);
    }

    private void ReadDictionary(ParquetPage page, ReadOnlyMemory<byte> content)
    {
        // A dictionary has no more entries than bytes: only texts may be empty, and their lengths take bytes.
        var isPlain = page.Encoding is ParquetEncoding.Plain or ParquetEncoding.PlainDictionary;
        if (dictionary is not null || !isPlain || page.Values > 8L * page.Unpacked)
        {
            throw new InvalidDataException("a damaged dictionary");
        }
        dictionary = new T[page.Values];
        stored.Read(ParquetEncoding.Plain, PageBytes.Decompress(chunk.Codec, content, page.Unpacked), dictionary);
    }

    private void ReadValues(ParquetPage page, ReadOnlyMemory<byte> content)
    {
        int there;
        if (page.Kind == ParquetPageKind.Data)
        {
            content = PageBytes.Decompress(chunk.Codec, content, page.Unpacked);
            there = levels.Read(page, ref content);
        }
        else
        {
            var (repetition, definition) = (page.RepetitionBytes, page.DefinitionBytes);
            var ofLevels = (long)repetition + definition;
            if (repetition < 0 || definition < 0 || ofLevels > Math.Min(content.Length, page.Unpacked))
            {
                throw new InvalidDataException("a page that ends within its levels");
            }
            there = levels.Read(page, content[..repetition], content.Slice(repetition, definition));
            var isCompressed = page.IsCompressed && chunk.Codec != ParquetCodec.None;
            content = PageBytes.Decompress(
                isCompressed ? chunk.Codec : ParquetCodec.None,
                content[(int)ofLevels..],
                page.Unpacked - (int)ofLevels
            );
        }
        var target = values.AsSpan(count, there);
        count += there;
        if (there == 0)
        {
            return;
        }
        if (page.Encoding is ParquetEncoding.Dictionary or ParquetEncoding.PlainDictionary)
        {
            LookUp(content.Span, target);
        }
        else
        {
            stored.Read(page.Encoding, content, target);
        }
    }

    // The bits of a place stand before the places.
    private void LookUp(ReadOnlySpan<byte> content, Span<T> target)
    {
        if (dictionary is not { Length: > 0 } || content.IsEmpty)
        {
            throw new InvalidDataException("places in a dictionary that is not there");
        }
        if (places.Length < target.Length)
        {
            places = new int[target.Length];
        }
        var found = places.AsSpan(0, target.Length);
        BitRuns.Read(content[1..], content[0], dictionary.Length - 1, found);
        for (var i = 0; i < found.Length; i++)
        {
            target[i] = dictionary[found[i]];
        }
    }
}
