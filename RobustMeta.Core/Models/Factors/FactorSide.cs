using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Factors;

/// <summary>
/// Gaussian vectors of all users, or of all items: means and second moments, these as <see cref="PackedSymmetric"/>; or sums of the
/// other side's means and moments, before they are solved for. Moments stand in slabs of <see cref="FactorKernels.Block"/> numbers of
/// every vector, so that sums over chosen vectors, made slab by slab, find a slab in the processor's cache.
/// </summary>
internal sealed unsafe class FactorSide
{
    private const int Block = FactorKernels.Block;

    private readonly AlignedNumbers<double> means;
    private readonly AlignedNumbers<double>[] slabs;

    /// <summary>Vectors that are zero.</summary>
    /// <param name="count">Number of vectors.</param>
    /// <param name="width">Width D of each.</param>
    public FactorSide(int count, int width)
    {
        (Count, Width) = (count, width);
        MeanStride = (width + Block - 1) / Block * Block;
        means = new((long)count * MeanStride);
        var size = PackedSymmetric.Size(width);
        slabs =
        [
            .. Enumerable
                .Range(0, (size + Block - 1) / Block)
                .Select(_ => new AlignedNumbers<double>((long)count * Block)),
        ];
    }

    /// <summary>Largest number of vectors of a width that can be held.</summary>
    public static int MostVectors(int width) => (Array.MaxLength - Block) / ((width + Block - 1) / Block * Block);

    /// <summary>Number of vectors.</summary>
    public int Count { get; }

    /// <summary>Width D of each.</summary>
    public int Width { get; }

    /// <summary>Numbers from one mean to the next: D in whole blocks, zeros behind.</summary>
    public int MeanStride { get; }

    /// <summary>Number of slabs.</summary>
    public int Slabs => slabs.Length;

    /// <summary>E[x], <c>[D]</c>.</summary>
    public ReadOnlySpan<double> Mean(int index) => means.AsSpan(index * MeanStride, Width);

    /// <summary>Where a mean starts.</summary>
    public double* MeanAt(int index) => means.Start + (nint)index * MeanStride;

    /// <summary>Where a vector's part of a slab starts.</summary>
    public double* MomentAt(int slab, int index) => slabs[slab].Start + (nint)index * Block;

    /// <summary>E[x_k²].</summary>
    public double Square(int index, int k) => MomentAt(k / Block, index)[k % Block];

    /// <summary>Mean over the vectors that are seen, and over positions <c>first .. last-1</c>, of E[(x − centre)²].</summary>
    public double MeanSquare(int first, int last, bool[] isSeen, Func<int, int, double> centre)
    {
        double sum = 0;
        long number = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!isSeen[i])
            {
                continue;
            }
            var mean = Mean(i);
            for (var k = first; k < last; k++)
            {
                var c = centre(i, k);
                sum += Square(i, k) - 2 * c * mean[k] + c * c;
                number++;
            }
        }
        return number == 0 ? 1 : sum / number;
    }
}
