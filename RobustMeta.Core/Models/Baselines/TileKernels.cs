using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// What <see cref="SymmetricTiles"/> does with its tiles, for a width of vectors. A tile is <see cref="Size"/> rows of as many numbers,
/// <see cref="Pitch"/> apart: were that a power of two, few places of the cache would serve all rows.
/// </summary>
internal abstract unsafe class TileKernels
{
    /// <summary>Rows and columns of a tile; three tiles fit into the second-level cache.</summary>
    public const int Size = 128;

    /// <summary>Numbers from one row to the next.</summary>
    public const int Pitch = Size + 8;

    /// <summary>Numbers of a tile.</summary>
    public const int Length = Size * Pitch;

    /// <summary>For the widest vectors of this processor.</summary>
    public static TileKernels Best => Of(VectorBits.Best<double>());

    /// <summary>For vectors of a number of bits: 512, 256, 128, or 0.</summary>
    public static TileKernels Of(int bits) => VectorBits.OfDoubles(bits, new Making());

    /// <summary>A symmetric positive definite A becomes −A⁻¹, position by position.</summary>
    /// <returns>The first pivot that is not above 0, or NaN if all are.</returns>
    public abstract double Sweep(double* tile);

    /// <summary><c>C = A B</c>, or <c>C += Aᵀ B</c>.</summary>
    public abstract void Multiply(double* a, double* b, double* c, bool accumulate);

    /// <summary><c>B = s Aᵀ</c>.</summary>
    public static void Transpose(double scale, double* a, double* b)
    {
        for (var row = 0; row < Size; row++)
        {
            for (var column = 0; column < Size; column++)
            {
                b[column * Pitch + row] = scale * a[row * Pitch + column];
            }
        }
    }

    /// <summary><c>B = s A</c>.</summary>
    public static void Scale(double scale, double* a, double* b)
    {
        for (var i = 0; i < Length; i++)
        {
            b[i] = scale * a[i];
        }
    }

    private readonly struct Making : IDoubleLanesUse<TileKernels>
    {
        public TileKernels With<L, V>()
            where L : struct, ILanes<V, double>
            where V : unmanaged => new TileKernels<L, V>();
    }
}
