using System.Collections.Immutable;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Where parameters stand, row by padded row, in one block: values, or gradients of the same layout.</summary>
/// <param name="learned">Names of the parameters that get gradients; null or empty for all.</param>
internal class BlockLayout(ImmutableHashSet<string>? learned = null)
{
    private readonly List<Piece> pieces = [];

    /// <summary>Numbers in a block.</summary>
    public long Size { get; private set; }

    /// <summary>Names of the parameters that stand in the block.</summary>
    public IEnumerable<string> Names => pieces.Select(piece => piece.Name).Distinct();

    /// <summary>Copies parameters into a block; the padding has to be zero already.</summary>
    public unsafe void Pack<T>(Func<string, T[]> values, T* block)
        where T : unmanaged
    {
        foreach (var piece in pieces)
        {
            var source = values(piece.Name);
            for (var row = 0; row < piece.Rows; row++)
            {
                source
                    .AsSpan((piece.FirstRow + row) * piece.Width, piece.Width)
                    .CopyTo(new Span<T>(block + piece.Start + (long)row * piece.Padded, piece.Width));
            }
        }
    }

    /// <summary>Copies a block of gradients into parameters: those that are learned.</summary>
    public unsafe void Unpack<T>(T* block, Func<string, T[]> values)
        where T : unmanaged
    {
        foreach (var piece in pieces)
        {
            if (learned is { IsEmpty: false } && !learned.Contains(piece.Name))
            {
                continue;
            }
            var target = values(piece.Name);
            for (var row = 0; row < piece.Rows; row++)
            {
                new Span<T>(block + piece.Start + (long)row * piece.Padded, piece.Width).CopyTo(
                    target.AsSpan((piece.FirstRow + row) * piece.Width, piece.Width)
                );
            }
        }
    }

    /// <summary>Adds rows of a parameter and returns where they start.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="firstRow">Its first row that belongs here.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Length of a row.</param>
    /// <param name="padded">Length of a row in the block.</param>
    public long Add(string name, int firstRow, int rows, int width, int padded)
    {
        var start = Reserve((long)rows * padded);
        pieces.Add(new(name, start, firstRow, rows, width, padded));
        return start;
    }

    /// <summary>Adds a place for numbers that are no parameter; places start at cache lines.</summary>
    public long Reserve(long size)
    {
        var start = Size;
        Size += (size + 15) / 16 * 16;
        return start;
    }

    private sealed record Piece(string Name, long Start, int FirstRow, int Rows, int Width, int Padded);
}
