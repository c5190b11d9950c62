using System.Collections.Immutable;
using RobustMeta.Runtime.Vectors;

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
    public unsafe void Pack<T>(Func<string, AlignedNumbers<T>> values, T* block)
        where T : unmanaged
    {
        foreach (var piece in pieces)
        {
            var source = values(piece.Name);
            for (var run = 0; run < piece.Runs; run++)
            {
                source
                    .AsSpan(piece.FirstNumber + run * piece.RunLength, piece.RunLength)
                    .CopyTo(new Span<T>(block + piece.Start + (long)run * piece.Padded, piece.RunLength));
            }
        }
    }

    /// <summary>Copies a block of gradients into parameters: those that are learned.</summary>
    public unsafe void Unpack<T>(T* block, Func<string, AlignedNumbers<T>> values)
        where T : unmanaged
    {
        foreach (var piece in pieces)
        {
            if (learned is { IsEmpty: false } && !learned.Contains(piece.Name))
            {
                continue;
            }
            var target = values(piece.Name);
            for (var run = 0; run < piece.Runs; run++)
            {
                new Span<T>(block + piece.Start + (long)run * piece.Padded, piece.RunLength).CopyTo(
                    target.AsSpan(piece.FirstNumber + run * piece.RunLength, piece.RunLength)
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

    private sealed record Piece(string Name, long Start, int FirstRow, int Rows, int Width, int Padded)
    {
        /// <summary>Where it begins in the parameter.</summary>
        public int FirstNumber { get; } = FirstRow * Width;

        /// <summary>Numbers that are copied at once: rows without padding stand one behind the other on both sides.</summary>
        public int RunLength { get; } = Width == Padded ? Rows * Width : Width;

        /// <summary>Number of such runs.</summary>
        public int Runs { get; } = Width == Padded ? 1 : Rows;
    }
}
