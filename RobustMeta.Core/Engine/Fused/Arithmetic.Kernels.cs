using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused;

/// <summary>The arithmetic for one width of vectors; tiles of matrix products are in <see cref="Tiles{L, V, T}"/>.</summary>
internal sealed unsafe class Arithmetic<L, V, T> : Arithmetic<T>
    where L : struct, ILanes<V, T>
    where V : struct
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // As many rows of B at a time as stay in the first-level cache beside the tile of A.
    private const int InnerBlock = 192;

    public override int Lanes => L.Count;

    public override void Gemm(
        T* a,
        int rowStride,
        int columnStride,
        T* b,
        int ldb,
        T* c,
        int ldc,
        int m,
        int n,
        int k,
        T alpha,
        bool accumulate
    )
    {
        if (k == 0 && !accumulate)
        {
            for (var i = 0; i < m; i++)
            {
                Clear(c + (long)i * ldc, n);
            }
        }
        for (var p = 0; p < k; p += InnerBlock)
        {
            var depth = Math.Min(InnerBlock, k - p);
            var j = 0;
            for (; j + 2 * L.Count <= n; j += 2 * L.Count)
            {
                Columns2(
                    a + (long)p * columnStride,
                    rowStride,
                    columnStride,
                    b + (long)p * ldb + j,
                    ldb,
                    c + j,
                    ldc,
                    m
                );
            }
            if (j < n)
            {
                Columns1(
                    a + (long)p * columnStride,
                    rowStride,
                    columnStride,
                    b + (long)p * ldb + j,
                    ldb,
                    c + j,
                    ldc,
                    m
                );
            }
            accumulate = true;

            void Columns2(T* a, int rs, int cs, T* b, int ldb, T* c, int ldc, int rows)
            {
                var i = 0;
                if (L.HasManyRegisters)
                {
                    for (; i + 8 <= rows; i += 8)
                    {
                        Tiles<L, V, T>.Tile8x2(
                            a + (long)i * rs,
                            rs,
                            cs,
                            b,
                            ldb,
                            c + (long)i * ldc,
                            ldc,
                            depth,
                            alpha,
                            accumulate
                        );
                    }
                }
                for (; i + 4 <= rows; i += 4)
                {
                    Tiles<L, V, T>.Tile4x2(
                        a + (long)i * rs,
                        rs,
                        cs,
                        b,
                        ldb,
                        c + (long)i * ldc,
                        ldc,
                        depth,
                        alpha,
                        accumulate
                    );
                }
                for (; i < rows; i++)
                {
                    Tiles<L, V, T>.Tile1x2(a + (long)i * rs, cs, b, ldb, c + (long)i * ldc, depth, alpha, accumulate);
                }
            }

            void Columns1(T* a, int rs, int cs, T* b, int ldb, T* c, int ldc, int rows)
            {
                var i = 0;
                for (; i + 8 <= rows; i += 8)
                {
                    Tiles<L, V, T>.Tile8x1(
                        a + (long)i * rs,
                        rs,
                        cs,
                        b,
                        ldb,
                        c + (long)i * ldc,
                        ldc,
                        depth,
                        alpha,
                        accumulate
                    );
                }
                for (; i < rows; i++)
                {
                    Tiles<L, V, T>.Tile1x1(a + (long)i * rs, cs, b, ldb, c + (long)i * ldc, depth, alpha, accumulate);
                }
            }
        }
    }

    public override void Gram(T* a, int lda, T* b, int ldb, T* c, int m, int n, int k, T alpha, T shift)
    {
        var i = 0;
        for (; i + 4 <= m; i += 4)
        {
            var j = 0;
            for (; j + 2 <= n; j += 2)
            {
                Tiles<L, V, T>.Dot4x2(
                    a + (long)i * lda,
                    lda,
                    b + (long)j * ldb,
                    ldb,
                    c + (long)i * n + j,
                    n,
                    k,
                    alpha,
                    shift
                );
            }
            for (; j < n; j++)
            {
                for (var r = i; r < i + 4; r++)
                {
                    c[(long)r * n + j] = alpha * (Dot(a + (long)r * lda, b + (long)j * ldb, k) + shift);
                }
            }
        }
        for (; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                c[(long)i * n + j] = alpha * (Dot(a + (long)i * lda, b + (long)j * ldb, k) + shift);
            }
        }
    }

    public override T Dot(T* x, T* y, int n)
    {
        var even = default(V);
        var odd = default(V);
        var i = 0;
        for (; i + 2 * L.Count <= n; i += 2 * L.Count)
        {
            even = L.MultiplyAdd(L.Load(x + i), L.Load(y + i), even);
            odd = L.MultiplyAdd(L.Load(x + i + L.Count), L.Load(y + i + L.Count), odd);
        }
        if (i < n)
        {
            even = L.MultiplyAdd(L.Load(x + i), L.Load(y + i), even);
        }
        return L.Sum(L.Add(even, odd));
    }

    public override void AddScaled(T alpha, T* x, T* y, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            L.Store(L.MultiplyAdd(scale, L.Load(x + i), L.Load(y + i)), y + i);
        }
    }

    public override void Add(T* x, T* y, T* z, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            L.Store(L.Add(L.Load(x + i), L.Load(y + i)), z + i);
        }
    }

    public override void Multiply(T* x, T* y, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            L.Store(L.Multiply(L.Load(x + i), L.Load(y + i)), y + i);
        }
    }

    public override void AddProduct(T alpha, T* x, T* y, T* z, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            L.Store(L.MultiplyAdd(L.Multiply(scale, L.Load(x + i)), L.Load(y + i), L.Load(z + i)), z + i);
        }
    }

    public override void OuterProduct(T* r, T* w, T* p, T* result, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var scale = L.Broadcast(r[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                L.Store(L.Multiply(L.Multiply(scale, L.Load(w + j)), L.Load(p + j)), result + j);
            }
            p += width;
            result += width;
        }
    }

    public override void AddRows(T* r, T* x, T* total, int rows, int width)
    {
        for (var j = 0; j < width; j += L.Count)
        {
            var sum = L.Load(total + j);
            for (var i = 0; i < rows; i++)
            {
                var row = L.Load(x + (long)i * width + j);
                sum = r is null ? L.Add(sum, row) : L.MultiplyAdd(L.Broadcast(r[i]), row, sum);
            }
            L.Store(sum, total + j);
        }
    }

    public override void Activate(Activation activation, T* x, T* bias, T* slope, T* curvature, int rows, int width)
    {
        if (bias is not null)
        {
            for (var i = 0; i < rows; i++)
            {
                Add(x + (long)i * width, bias, x + (long)i * width, width);
            }
        }
        var n = rows * width;
        switch (activation)
        {
            case Activation.Relu:
                Rectify(x, slope, n, T.Zero);
                break;
            case Activation.LeakyRelu:
                Rectify(x, slope, n, T.CreateChecked(0.1));
                break;
            case Activation.Tanh:
                Tanh(x, slope, curvature, n);
                break;
            case Activation.Silu:
                Silu(x, slope, curvature, n);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private static void Rectify(T* x, T* slope, int n, T leak)
    {
        var below = L.Broadcast(leak);
        var above = L.Broadcast(T.One);
        for (var i = 0; i < n; i += L.Count)
        {
            var value = L.Load(x + i);
            var factor = L.WherePositive(value, above, below);
            L.Store(L.Multiply(value, factor), x + i);
            if (slope is not null)
            {
                L.Store(factor, slope + i);
            }
        }
    }

    // φ′ = 1 − φ², φ″ = −2 φ φ′.
    private static void Tanh(T* x, T* slope, T* curvature, int n)
    {
        TensorPrimitives.Tanh(new ReadOnlySpan<T>(x, n), new Span<T>(x, n));
        var one = L.Broadcast(T.One);
        var minusOne = L.Broadcast(-T.One);
        var minusTwo = L.Broadcast(-(T.One + T.One));
        for (var i = 0; slope is not null && i < n; i += L.Count)
        {
            var value = L.Load(x + i);
            var first = L.MultiplyAdd(L.Multiply(minusOne, value), value, one);
            L.Store(first, slope + i);
            if (curvature is not null)
            {
                L.Store(L.Multiply(L.Multiply(minusTwo, value), first), curvature + i);
            }
        }
    }

    // φ = zσ, φ′ = σ + φ(1 − σ), φ″ = σ(1 − σ)(2 + z(1 − 2σ)).
    private static void Silu(T* x, T* slope, T* curvature, int n)
    {
        var one = T.One;
        var two = one + one;
        for (var i = 0; i < n; i++)
        {
            var z = x[i];
            var sigma = Sigmoid(z);
            var value = z * sigma;
            x[i] = value;
            if (slope is not null)
            {
                slope[i] = sigma + value * (one - sigma);
            }
            if (curvature is not null)
            {
                curvature[i] = sigma * (one - sigma) * (two + z * (one - two * sigma));
            }
        }
    }

    private static T Sigmoid(T x) => T.One / (T.One + T.Exp(-x));

    public override void Transpose(T* from, int ldFrom, T* to, int ldTo, int rows, int columns)
    {
        var fullRows = 0;
        var fullColumns = 0;
        if (typeof(T) == typeof(float) && Avx.IsSupported)
        {
            (fullRows, fullColumns) = (rows & ~7, columns & ~7);
            for (var i = 0; i < fullRows; i += 8)
            {
                for (var j = 0; j < fullColumns; j += 8)
                {
                    Transpose8x8((float*)from + (long)i * ldFrom + j, ldFrom, (float*)to + (long)j * ldTo + i, ldTo);
                }
            }
        }
        for (var i = 0; i < rows; i++)
        {
            for (var j = i < fullRows ? fullColumns : 0; j < columns; j++)
            {
                to[(long)j * ldTo + i] = from[(long)i * ldFrom + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* from, int ldFrom, float* to, int ldTo)
    {
        var (a0, a1) = Pairs(from, ldFrom, 0);
        var (a2, a3) = Pairs(from, ldFrom, 2);
        var (a4, a5) = Pairs(from, ldFrom, 4);
        var (a6, a7) = Pairs(from, ldFrom, 6);
        var b0 = Avx.Shuffle(a0, a2, 0x44);
        var b1 = Avx.Shuffle(a0, a2, 0xEE);
        var b2 = Avx.Shuffle(a1, a3, 0x44);
        var b3 = Avx.Shuffle(a1, a3, 0xEE);
        var b4 = Avx.Shuffle(a4, a6, 0x44);
        var b5 = Avx.Shuffle(a4, a6, 0xEE);
        var b6 = Avx.Shuffle(a5, a7, 0x44);
        var b7 = Avx.Shuffle(a5, a7, 0xEE);
        Avx.Permute2x128(b0, b4, 0x20).Store(to);
        Avx.Permute2x128(b1, b5, 0x20).Store(to + ldTo);
        Avx.Permute2x128(b2, b6, 0x20).Store(to + 2 * (long)ldTo);
        Avx.Permute2x128(b3, b7, 0x20).Store(to + 3 * (long)ldTo);
        Avx.Permute2x128(b0, b4, 0x31).Store(to + 4 * (long)ldTo);
        Avx.Permute2x128(b1, b5, 0x31).Store(to + 5 * (long)ldTo);
        Avx.Permute2x128(b2, b6, 0x31).Store(to + 6 * (long)ldTo);
        Avx.Permute2x128(b3, b7, 0x31).Store(to + 7 * (long)ldTo);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Pairs(float* from, int ld, int row)
    {
        var upper = Vector256.Load(from + (long)row * ld);
        var lower = Vector256.Load(from + (long)(row + 1) * ld);
        return (Avx.UnpackLow(upper, lower), Avx.UnpackHigh(upper, lower));
    }
}
