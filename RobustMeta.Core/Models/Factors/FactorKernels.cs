using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The inner loops of <see cref="BayesianFactors"/> for a width of vectors. Sums over rows go by <see cref="Block"/> columns at a
/// time, which stay in registers. Small systems are solved as many at once as a vector has lanes: number l of each vector belongs to
/// system l, so that nothing is added across a vector, whatever the order of the systems. Symmetric matrices are
/// <see cref="PackedSymmetric"/>, as the numbers of their diagonal and the numbers below it.
/// </summary>
internal abstract unsafe class FactorKernels
{
    /// <summary>Columns that a sum over rows takes at once.</summary>
    public const int Block = 32;

    /// <summary>Number of systems that are solved at once.</summary>
    public abstract int Lanes { get; }

    /// <summary>For the widest vectors of this processor.</summary>
    public static FactorKernels Best => Of(VectorBits.Best<double>());

    /// <summary>For vectors of a number of bits: 512, 256, 128, or 0.</summary>
    public static FactorKernels Of(int bits) => VectorBits.OfDoubles(bits, new Making());

    /// <summary><c>target = Σ_i weights[i] · rows[chosen[i]]</c>, over <see cref="Block"/> columns, in the order of i.</summary>
    /// <param name="weights">A number for each chosen row.</param>
    /// <param name="rows">First column of row 0.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="chosen">The rows.</param>
    /// <param name="target">Receives the sum.</param>
    public abstract void Weigh(
        ReadOnlySpan<double> weights,
        double* rows,
        int stride,
        ReadOnlySpan<int> chosen,
        double* target
    );

    /// <summary><c>sums[i] += Σ_k rows[chosen[i], k] · x[k] · y[k]</c>, over <see cref="Block"/> columns.</summary>
    /// <param name="rows">First column of row 0.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="chosen">The rows.</param>
    /// <param name="x">A number for each column.</param>
    /// <param name="y">Another one.</param>
    /// <param name="sums">Added to.</param>
    public abstract void AddDots(
        double* rows,
        int stride,
        ReadOnlySpan<int> chosen,
        double* x,
        double* y,
        Span<double> sums
    );

    /// <summary>
    /// Every A becomes −A⁻¹, by sweeping each of its positions (Goodnight, The American Statistician 33(3), 1979). A is positive
    /// definite, and so are the rests that pivots are taken from.
    /// </summary>
    /// <param name="diagonal">Diagonals, <c>[order, lanes]</c>.</param>
    /// <param name="below">What is below them, column by column.</param>
    /// <param name="order">Number of unknowns.</param>
    /// <param name="scratch">As much room as two diagonals.</param>
    public abstract void Sweep(double* diagonal, double* below, int order, double* scratch);

    /// <summary><c>y = −A x</c>.</summary>
    public abstract void NegatedProduct(double* diagonal, double* below, double* x, double* y, int order);

    /// <summary>Every A becomes <c>x xᵀ − A</c>.</summary>
    public abstract void SquareMinus(double* diagonal, double* below, double* x, int order);

    /// <summary><c>sums += factor · Σ_k x[k] y[k]</c>, each <c>[count, lanes]</c>, sums <c>[lanes]</c>.</summary>
    public abstract void AddLaneDots(double factor, double* x, double* y, int count, double* sums);

    private readonly struct Making : IDoubleLanesUse<FactorKernels>
    {
        public FactorKernels With<L, V>()
            where L : struct, ILanes<V, double>
            where V : unmanaged => new FactorKernels<L, V>();
    }
}
