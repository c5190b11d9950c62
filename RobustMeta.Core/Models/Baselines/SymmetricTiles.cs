using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// A large symmetric matrix in square tiles, those of its lower half alone, and its inverse over all cores. Each tile is computed by
/// one thread in an order that depends on nothing else: the same bytes from any number of threads. What the last tiles have beyond
/// the matrix is the identity.
/// </summary>
internal sealed unsafe class SymmetricTiles
{
    private const int Size = TileKernels.Size;
    private const int Pitch = TileKernels.Pitch;

    private readonly int tiles;
    private readonly AlignedNumbers<double> numbers;

    /// <summary>Zeros.</summary>
    /// <param name="order">Number n of rows.</param>
    public SymmetricTiles(int order)
    {
        Order = order;
        tiles = (order + Size - 1) / Size;
        numbers = new((long)tiles * (tiles + 1) / 2 * TileKernels.Length);
        for (var beyond = order; beyond < tiles * Size; beyond++)
        {
            *At(beyond, beyond) = 1;
        }
    }

    /// <summary>Number n of rows.</summary>
    public int Order { get; }

    /// <summary>An element.</summary>
    public double this[int row, int column] => *At(Math.Max(row, column), Math.Min(row, column));

    /// <summary>Another matrix of the same numbers.</summary>
    public SymmetricTiles Copy()
    {
        var copy = new SymmetricTiles(Order);
        // By spans: above 23,170 rows there are more bytes than an int counts.
        numbers.AsSpan().CopyTo(copy.numbers);
        return copy;
    }

    /// <summary>Sets a row up to its diagonal, and the same of its column.</summary>
    /// <param name="row">The row; each by one thread.</param>
    /// <param name="values">Columns <c>0 .. row</c>.</param>
    public void SetRow(int row, ReadOnlySpan<double> values)
    {
        var first = row / Size * Size;
        for (var column = 0; column < first; column += Size)
        {
            values.Slice(column, Size).CopyTo(new(At(row, column), Size));
        }
        for (var column = first; column <= row; column++)
        {
            *At(row, column) = values[column];
            // The tiles on the diagonal have both halves.
            *At(column, row) = values[column];
        }
    }

    /// <summary>Takes a whole row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="values">Receives n numbers.</param>
    public void CopyRow(int row, Span<double> values)
    {
        // Up to the diagonal: by rounding, the two halves of a tile there are not the same.
        var end = row + 1;
        for (var column = 0; column < end; column += Size)
        {
            var count = Math.Min(Size, end - column);
            new ReadOnlySpan<double>(At(row, column), count).CopyTo(values[column..]);
        }
        for (var other = end; other < Order; other++)
        {
            values[other] = *At(other, row);
        }
    }

    /// <summary>A becomes <c>(A + λI)⁻¹</c>.</summary>
    /// <param name="ridge">λ, above 0.</param>
    /// <param name="kernels">Work on tiles for a width of vectors.</param>
    /// <param name="threads">Where it runs.</param>
    /// <exception cref="ArithmeticException">A + λI is not positive definite in double precision.</exception>
    public void Invert(double ridge, TileKernels kernels, ParallelOptions threads)
    {
        for (var row = 0; row < Order; row++)
        {
            *At(row, row) += ridge;
        }
        // Of each block of rows: its tiles in the pivot's columns transposed, and the same times the pivot.
        var column = new AlignedNumbers<double>((long)tiles * TileKernels.Length);
        var scaled = new AlignedNumbers<double>((long)tiles * TileKernels.Length);
        for (var pivot = 0; pivot < tiles; pivot++)
        {
            Sweep(pivot, kernels, column, scaled, threads);
        }
        Parallel.For(0, tiles * (tiles + 1) / 2, threads, tile => TileKernels.Scale(-1, Tile(tile), Tile(tile)));
    }

    // Sweeps a block of positions: with P the inverse of the pivot, A_ij −= A_ik P A_kj, A_ik becomes A_ik P, and P stands there with
    // the other sign. Once all are swept there is −A⁻¹.
    private void Sweep(
        int pivot,
        TileKernels kernels,
        AlignedNumbers<double> column,
        AlignedNumbers<double> scaled,
        ParallelOptions threads
    )
    {
        var own = Tile(Place(pivot, pivot));
        if (kernels.Sweep(own) is var refused && !double.IsNaN(refused))
        {
            throw new ArithmeticException(
                FormattableString.Invariant(
                    $"A matrix of products of {Order} rows is not positive definite in double precision: a pivot is {refused:g3}. Take a larger regularization."
                )
            );
        }
        Parallel.For(0, tiles, threads, other => ScaleColumn(pivot, other, kernels, column, scaled));
        Parallel.For(
            0,
            tiles * (tiles + 1) / 2,
            threads,
            place =>
            {
                var i = RowOf(place);
                var j = place - Place(i, 0);
                if (i != pivot && j != pivot)
                {
                    kernels.Multiply(Piece(scaled, i), Piece(column, j), Tile(place), accumulate: true);
                }
            }
        );
    }

    private void ScaleColumn(
        int pivot,
        int other,
        TileKernels kernels,
        AlignedNumbers<double> column,
        AlignedNumbers<double> scaled
    )
    {
        if (other == pivot)
        {
            return;
        }
        var from = Piece(column, other);
        var into = Piece(scaled, other);
        var tile = Tile(Place(Math.Max(pivot, other), Math.Min(pivot, other)));
        if (other < pivot)
        {
            TileKernels.Scale(1, tile, from);
        }
        else
        {
            TileKernels.Transpose(1, tile, from);
        }
        kernels.Multiply(Tile(Place(pivot, pivot)), from, into, accumulate: false);
        if (other < pivot)
        {
            TileKernels.Scale(-1, into, tile);
        }
        else
        {
            TileKernels.Transpose(-1, into, tile);
        }
    }

    private static double* Piece(AlignedNumbers<double> all, int tile) => all.Start + (nint)tile * TileKernels.Length;

    private double* Tile(int place) => Piece(numbers, place);

    private static int Place(int row, int column) => row * (row + 1) / 2 + column;

    // The block of rows of a tile: the largest i with i(i + 1)/2 tiles before its own.
    private static int RowOf(int place)
    {
        var row = (int)((Math.Sqrt(8.0 * place + 1) - 1) / 2);
        return Place(row + 1, 0) <= place ? row + 1
            : Place(row, 0) > place ? row - 1
            : row;
    }

    // Within the lower half, or the tiles on the diagonal.
    private double* At(int row, int column) =>
        Tile(Place(row / Size, column / Size)) + row % Size * Pitch + column % Size;
}
