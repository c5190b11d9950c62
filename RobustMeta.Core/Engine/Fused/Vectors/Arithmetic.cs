using System.Numerics;
using System.Runtime.Intrinsics;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Vectors;

/// <summary>
/// The dense arithmetic of the fused engine on row-major blocks in unmanaged memory. Rows are as long as
/// <see cref="Padded"/> says, with zeros behind the last column, so no kernel has a ragged end. Deterministic: the order
/// of every sum depends on the sizes alone.
/// </summary>
internal abstract unsafe class Arithmetic<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Numbers in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>What runs, for reports: e.g. <c>512 bit</c>.</summary>
    public string Name => $"{Lanes * sizeof(T) * 8} bit";

    /// <summary>Length of a row of n columns.</summary>
    public int Padded(int n) => (n + Lanes - 1) / Lanes * Lanes;

    /// <summary>The widest that this processor accelerates.</summary>
    public static Arithmetic<T> Best => Of(VectorBits.Best<T>());

    /// <summary>Arithmetic with vectors of a number of bits: 512, 256, 128, or 0 for one number at a time.</summary>
    public static Arithmetic<T> Of(int bits) =>
        bits switch
        {
            512 => Pick<Lanes512Single, Vector512<float>, Lanes512Double, Vector512<double>>(),
            256 => Pick<Lanes256Single, Vector256<float>, Lanes256Double, Vector256<double>>(),
            128 => Pick<Lanes128Single, Vector128<float>, Lanes128Double, Vector128<double>>(),
            0 => new Arithmetic<Lanes1<T>, T, T>(),
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Expected 512, 256, 128 or 0."),
        };

    private static Arithmetic<T> Pick<LSingle, VSingle, LDouble, VDouble>()
        where LSingle : struct, ILanes<VSingle, float>
        where LDouble : struct, ILanes<VDouble, double>
        where VSingle : unmanaged
        where VDouble : unmanaged =>
        typeof(T) == typeof(float)
            ? (Arithmetic<T>)(object)new Arithmetic<LSingle, VSingle, float>()
            : (Arithmetic<T>)(object)new Arithmetic<LDouble, VDouble, double>();

    /// <summary>
    /// C = A·B, or C += A·B, with A <c>[m, k]</c>, B <c>[k, n]</c>, C <c>[m, n]</c>. A may have any strides, so a transposed
    /// A costs nothing; columns of B and C stand one beside the other, and n is padded.
    /// </summary>
    public abstract void Gemm(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate);

    /// <summary>
    /// C = alpha·(A·Bᵀ + shift), with A <c>[m, k]</c>, B <c>[n, k]</c>, C <c>[m, n]</c> with any n; k is padded.
    /// </summary>
    public abstract void Gram(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, T alpha, T shift);

    /// <summary>Σ x·y.</summary>
    public abstract T Dot(T* x, T* y, int n);

    /// <summary>y = alpha·x.</summary>
    public abstract void Scale(T alpha, T* x, T* y, int n);

    /// <summary>y += alpha·x.</summary>
    public abstract void AddScaled(T alpha, T* x, T* y, int n);

    /// <summary>z = x + y.</summary>
    public abstract void Add(T* x, T* y, T* z, int n);

    /// <summary>y = x·y.</summary>
    public abstract void Multiply(T* x, T* y, int n);

    /// <summary>y = y where sign is positive, leak·y elsewhere.</summary>
    public abstract void MultiplyStep(T* sign, T leak, T* y, int n);

    /// <summary>z += alpha·x·y.</summary>
    public abstract void AddProduct(T alpha, T* x, T* y, T* z, int n);

    /// <summary>out[i, :] = r[i] · w · p[i, :].</summary>
    public abstract void OuterProduct(T* r, T* w, T* p, T* result, int rows, int width);

    /// <summary>out[i, :] = r[i] · w where sign[i, :] is positive, leak times that elsewhere.</summary>
    public abstract void OuterProductStep(T* r, T* w, T* sign, T leak, T* result, int rows, int width);

    /// <summary>out[i, :] = alpha · r[i] · w, or added to it; a null r counts as ones.</summary>
    public abstract void Outer(T* r, T alpha, T* w, T* result, int rows, int width, bool accumulate);

    /// <summary>total += Σ_i r[i] · x[i, :]; a null r counts as ones.</summary>
    public abstract void AddRows(T* r, T* x, T* total, int rows, int width);

    /// <summary>total += Σ_i r[i] · x[chosen[i], :], in their order.</summary>
    public abstract void AddChosen(T* r, T* x, ReadOnlySpan<int> chosen, T* total, int width);

    /// <summary>total = Σ x[i, :] over the chosen rows i in their order, or added to it.</summary>
    public abstract void SumRows(T* x, ReadOnlySpan<int> chosen, T* total, int width, bool accumulate);

    /// <summary>
    /// target[i] = alpha·(x[i, :]·w + shift), or added to it; the bits of a row's number do not depend on how many rows there are.
    /// </summary>
    public abstract void RowDots(T* x, T* w, T alpha, T shift, T* target, int rows, int width, bool accumulate);

    /// <summary>
    /// x = φ(x + bias) row by row, with φ′ and, for smooth φ, φ″ written beside it; null pointers are not written, a null
    /// bias is zero.
    /// </summary>
    public abstract void Activate(
        Models.Activation activation,
        T* x,
        T* bias,
        T* slope,
        T* curvature,
        int rows,
        int width
    );

    /// <summary>Slope of a piecewise linear φ below zero.</summary>
    public static T Leak(Models.Activation activation) =>
        activation == Models.Activation.LeakyRelu ? T.CreateChecked(0.1) : T.Zero;

    /// <summary>to <c>[columns, ldTo]</c> = fromᵀ, from <c>[rows, ldFrom]</c>.</summary>
    public abstract void Transpose(T* from, int ldFrom, T* to, int ldTo, int rows, int columns);

    /// <summary>target[i, j] = r[j]·x[i, j], for rows of any length without padding; target is not x.</summary>
    public abstract void ScaleColumns(T* x, T* r, T* target, int rows, int columns);

    /// <summary>
    /// sums[j] += Σ_i x[i, j]·y[i, j], and target[i, j] = alpha·r[j]·y[i, j], for rows of any length without padding; target is not y,
    /// null sums are not written.
    /// </summary>
    public abstract void DotColumns(T* x, T* y, T alpha, T* r, T* target, T* sums, int rows, int columns);

    /// <summary>out[i, :] = (alpha·r[i]·w + s[i]·v)·p[i, :].</summary>
    public abstract void TwoOuterProducts(T alpha, T* r, T* w, T* s, T* v, T* p, T* result, int rows, int width);

    /// <summary>out[i, :] = r[i]·x[i, :] + s[i]·y[i, :], without the second term where y is null; out may be x or y.</summary>
    public abstract void ScaleRows(T* r, T* x, T* s, T* y, T* result, int rows, int width);

    /// <summary>out[i, :] = x[i, :]·v + y[i, :]·w, or added to it; without the second term where y is null.</summary>
    public abstract void ColumnProducts(T* x, T* v, T* y, T* w, T* result, int rows, int width, bool accumulate);

    /// <summary>total += Σ_i x[i, :]·y[i, :].</summary>
    public abstract void AddColumnDots(T* x, T* y, T* total, int rows, int width);

    /// <summary>target[i] += Σ_j x[i, j]·y[i, j].</summary>
    public abstract void AddPairDots(T* x, T* y, T* target, int rows, int width);

    /// <summary>Numbers behind a table that <see cref="AddLookedUp"/> may read.</summary>
    public const int ReadBehind = 32;

    /// <summary>y[i] += table[chosen[i]] for n numbers.</summary>
    /// <param name="table">A table that <see cref="ReadBehind"/> numbers of any value follow in memory.</param>
    /// <param name="size">Numbers in it.</param>
    /// <param name="chosen">Places in it, 0 to <paramref name="size"/> − 1; not checked.</param>
    /// <param name="y">Is added to.</param>
    /// <param name="n">How many.</param>
    public abstract void AddLookedUp(T* table, int size, int* chosen, T* y, int n);

    /// <summary>The sum of n numbers, as four sums side by side: one alone waits for each addition before the next.</summary>
    public static T Sum(T* x, long n)
    {
        var (sum0, sum1, sum2, sum3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        long i = 0;
        for (; i + 4 <= n; i += 4)
        {
            sum0 += x[i];
            sum1 += x[i + 1];
            sum2 += x[i + 2];
            sum3 += x[i + 3];
        }
        for (; i < n; i++)
        {
            sum0 += x[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /// <summary>Sets n numbers to zero.</summary>
    public static void Clear(T* x, long n) =>
        System.Runtime.InteropServices.NativeMemory.Clear(x, (nuint)(n * sizeof(T)));

    /// <summary>Copies n numbers.</summary>
    public static void Copy(T* from, T* to, long n) => Buffer.MemoryCopy(from, to, n * sizeof(T), n * sizeof(T));
}
