using System.Buffers.Binary;
using System.Numerics;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>
/// Which rows of a column have values: kept as where the values of each row start, while pages are read one after another.
/// </summary>
/// <param name="leaf">The column.</param>
/// <param name="rows">Number of rows.</param>
/// <remarks>Source: Melnik et al., Dremel (VLDB 2010), section 4.</remarks>
internal sealed class ColumnLevels(ParquetLeaf leaf, int rows)
{
    private const int LengthBytes = 4;
    private readonly int[] starts = leaf.Definition > 0 ? new int[rows + 1] : [];
    private int row;
    private int values;

    /// <summary>Where the values of each row start, one more than rows; null where each row has one.</summary>
    /// <exception cref="InvalidDataException">There were fewer rows.</exception>
    public int[]? Starts
    {
        get
        {
            if (row != rows)
            {
                throw Other(row);
            }
            if (leaf.Definition == 0)
            {
                return null;
            }
            starts[rows] = values;
            return starts;
        }
    }

    /// <summary>Reads the levels of a page of the first form, which stand before its values.</summary>
    /// <param name="page">The page.</param>
    /// <param name="bytes">Its bytes; moved behind the levels.</param>
    /// <returns>Number of values that are there.</returns>
    /// <exception cref="InvalidDataException">They are damaged, or of more rows than the group.</exception>
    public int Read(ParquetPage page, ref ReadOnlyMemory<byte> bytes)
    {
        var repeated = First(page.Values, page.RepetitionEncoding, leaf.Repetition, ref bytes);
        var defined = First(page.Values, page.DefinitionEncoding, leaf.Definition, ref bytes);
        return Add(page.Values, repeated, defined);
    }

    /// <summary>Reads the levels of a page of the second form.</summary>
    /// <param name="page">The page.</param>
    /// <param name="repetition">The levels of repetition.</param>
    /// <param name="definition">The levels of definition.</param>
    /// <returns>Number of values that are there.</returns>
    /// <exception cref="InvalidDataException">They are damaged, or of more rows than the group.</exception>
    public int Read(ParquetPage page, ReadOnlyMemory<byte> repetition, ReadOnlyMemory<byte> definition) =>
        Add(
            page.Values,
            Levels(page.Values, leaf.Repetition, repetition),
            Levels(page.Values, leaf.Definition, definition)
        );

    private static int[] First(int count, ParquetEncoding encoding, int most, ref ReadOnlyMemory<byte> bytes)
    {
        if (most == 0)
        {
            return [];
        }
        if (encoding != ParquetEncoding.Runs)
        {
            throw new InvalidDataException($"levels written in a way that is not known ({encoding})");
        }
        var length = bytes.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (length < 0 || length > bytes.Length - LengthBytes)
        {
            throw new InvalidDataException("a page that ends within its levels");
        }
        var levels = Levels(count, most, bytes.Slice(LengthBytes, length));
        bytes = bytes[(LengthBytes + length)..];
        return levels;
    }

    private static int[] Levels(int count, int most, ReadOnlyMemory<byte> bytes)
    {
        if (most == 0)
        {
            return [];
        }
        var levels = new int[count];
        BitRuns.Read(bytes.Span, BitOperations.Log2((uint)most) + 1, most, levels);
        return levels;
    }

    private int Add(int count, int[] repeated, int[] defined)
    {
        var before = values;
        if (defined.Length == 0)
        {
            row += count;
            values += count;
            return row <= rows ? count : throw Other("more");
        }
        for (var i = 0; i < count; i++)
        {
            // A row starts where nothing is repeated.
            if (repeated.Length == 0 || repeated[i] == 0)
            {
                starts[row < rows ? row++ : throw Other("more")] = values;
            }
            else if (row == 0)
            {
                throw new InvalidDataException("values before the first row");
            }
            values += defined[i] == leaf.Definition ? 1 : 0;
        }
        return values - before;
    }

    private InvalidDataException Other(object found) =>
        new(FormattableString.Invariant($"{found} rows of '{leaf.Path[0]}' in a group of {rows}"));
}
