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
    where V : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // What of B may stay in the first-level cache, beside the tiles of A and C.
    private const int CacheBytes = 28 * 1024;
    private const int ShortDepth = 24;

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
        bool accumulate
    )
    {
        for (var i = 0; i < m && k == 0 && !accumulate; i++)
        {
            Clear(c + (long)i * ldc, n);
        }
        var block = InnerBlock(n);
        for (var p = 0; p < k; p += block)
        {
            var left = a + (long)p * columnStride;
            var right = b + (long)p * ldb;
            var depth = Math.Min(block, k - p);
            var adds = accumulate || p > 0;
            var strips = n / (2 * L.Count);
            if ((long)depth * n * sizeof(T) <= CacheBytes)
            {
                // B stays in the first-level cache: rows of A and C go by once, in order.
                Rows(left, rowStride, columnStride, right, ldb, c, ldc, m, depth, strips, adds);
            }
            else
            {
                for (var j = 0; j < strips * 2 * L.Count; j += 2 * L.Count)
                {
                    Rows(left, rowStride, columnStride, right + j, ldb, c + j, ldc, m, depth, 1, adds);
                }
            }
            if (strips * 2 * L.Count < n)
            {
                var j = strips * 2 * L.Count;
                OneVector(left, rowStride, columnStride, right + j, ldb, c + j, ldc, m, depth, adds);
            }
        }
    }

    // Rows of B at a time: as many as stay in the first-level cache, but not so few that C is loaded and stored for little.
    private static int InnerBlock(int n) => Math.Max(64, CacheBytes / sizeof(T) / Math.Max(1, n));

    // Rows of a tile at most. Two vectors to a row, the row of B and a number of A must stay in registers together; where
    // the depth is short, a larger tile does not pay for its beginning and end, and tiles of four are the fastest where
    // they fit (measured at 256 bits).
    private static int MaxRows(int m, int depth) =>
        L.HasManyRegisters ? 8
        : m % 4 == 0 || depth < ShortDepth ? 4
        : 6;

    // All rows of C in some strips of columns, each as wide as two vectors. Tiles are as equal as can be: a tile of one or
    // two rows would wait for its own sums and take as long as one of four.
    private static void Rows(
        T* a,
        nint rowStride,
        nint columnStride,
        T* b,
        nint ldb,
        T* c,
        nint ldc,
        int m,
        int depth,
        int strips,
        bool accumulate
    )
    {
        var most = MaxRows(m, depth);
        var tiles = (m + most - 1) / most;
        var least = m / Math.Max(1, tiles);
        var larger = m - tiles * least;
        for (var tile = 0; tile < tiles; tile++)
        {
            var rows = tile < larger ? least + 1 : least;
            switch (rows)
            {
                case 1:
                    Tiles<L, V, T>.Two<RowCounts.One>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 2:
                    Tiles<L, V, T>.Two<RowCounts.Two>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 3:
                    Tiles<L, V, T>.Two<RowCounts.Three>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 4:
                    Tiles<L, V, T>.Two<RowCounts.Four>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 5:
                    Tiles<L, V, T>.Two<RowCounts.Five>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 6:
                    Tiles<L, V, T>.Two<RowCounts.Six>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                case 7:
                    Tiles<L, V, T>.Two<RowCounts.Seven>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
                default:
                    Tiles<L, V, T>.Two<RowCounts.Eight>(
                        a,
                        rowStride,
                        columnStride,
                        b,
                        ldb,
                        c,
                        ldc,
                        depth,
                        strips,
                        accumulate
                    );
                    break;
            }
            a += rows * rowStride;
            c += rows * ldc;
        }
    }

    private static void OneVector(
        T* a,
        nint rowStride,
        nint columnStride,
        T* b,
        nint ldb,
        T* c,
        nint ldc,
        int m,
        int depth,
        bool accumulate
    )
    {
        var i = 0;
        for (; i + 8 <= m; i += 8)
        {
            Tiles<L, V, T>.One<RowCounts.Eight>(a, rowStride, columnStride, b, ldb, c, ldc, depth, accumulate);
            a += 8 * rowStride;
            c += 8 * ldc;
        }
        for (; i + 4 <= m; i += 4)
        {
            Tiles<L, V, T>.One<RowCounts.Four>(a, rowStride, columnStride, b, ldb, c, ldc, depth, accumulate);
            a += 4 * rowStride;
            c += 4 * ldc;
        }
        for (; i < m; i++)
        {
            Tiles<L, V, T>.One<RowCounts.One>(a, rowStride, columnStride, b, ldb, c, ldc, depth, accumulate);
            a += rowStride;
            c += ldc;
        }
    }

    public override void Gram(T* a, int lda, T* b, int ldb, T* c, int m, int n, int k, T alpha, T shift)
    {
        if (n < 4)
        {
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    c[(long)i * n + j] = alpha * (Dot(a + (long)i * lda, b + (long)j * ldb, k) + shift);
                }
            }
            return;
        }
        for (var j = 0; j < n; j += 4)
        {
            // The last four overlap those before: the same numbers in the same order once more.
            var first = Math.Min(j, n - 4);
            DotsOfFour(a, lda, b + (long)first * ldb, ldb, c + first, n, m, k, alpha, shift);
        }
    }

    // Four columns of C = alpha·(A·Bᵀ + shift).
    private static void DotsOfFour(T* a, nint lda, T* b, nint ldb, T* c, nint ldc, int m, int k, T alpha, T shift)
    {
        for (var tiles = (m + 2) / 3; tiles > 0; tiles--)
        {
            var rows = (m + tiles - 1) / tiles;
            switch (rows)
            {
                case 1:
                    Tiles<L, V, T>.Dots<RowCounts.One>(a, lda, b, ldb, c, ldc, k, alpha, shift);
                    break;
                case 2:
                    Tiles<L, V, T>.Dots<RowCounts.Two>(a, lda, b, ldb, c, ldc, k, alpha, shift);
                    break;
                default:
                    Tiles<L, V, T>.Dots<RowCounts.Three>(a, lda, b, ldb, c, ldc, k, alpha, shift);
                    break;
            }
            a += rows * lda;
            c += rows * ldc;
            m -= rows;
        }
    }

    public override T Dot(T* x, T* y, int n)
    {
        var even = default(V);
        var odd = default(V);
        var i = 0;
        for (; i + 2 * L.Count <= n; i += 2 * L.Count)
        {
            even = L.MultiplyAdd(*(V*)(x + i), *(V*)(y + i), even);
            odd = L.MultiplyAdd(*(V*)(x + i + L.Count), *(V*)(y + i + L.Count), odd);
        }
        if (i < n)
        {
            even = L.MultiplyAdd(*(V*)(x + i), *(V*)(y + i), even);
        }
        return L.Sum(L.Add(even, odd));
    }

    public override void Scale(T alpha, T* x, T* y, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(scale, *(V*)(x + i));
        }
    }

    public override void AddScaled(T alpha, T* x, T* y, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.MultiplyAdd(scale, *(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void Add(T* x, T* y, T* z, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(z + i) = L.Add(*(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void Multiply(T* x, T* y, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(*(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void MultiplyStep(T* sign, T leak, T* y, int n)
    {
        var below = L.Broadcast(leak);
        var above = L.Broadcast(T.One);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(L.WherePositive(*(V*)(sign + i), above, below), *(V*)(y + i));
        }
    }

    public override void AddProduct(T alpha, T* x, T* y, T* z, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(z + i) = L.MultiplyAdd(L.Multiply(scale, *(V*)(x + i)), *(V*)(y + i), *(V*)(z + i));
        }
    }

    public override void OuterProduct(T* r, T* w, T* p, T* result, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var scale = L.Broadcast(r[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                *(V*)(result + j) = L.Multiply(L.Multiply(scale, *(V*)(w + j)), *(V*)(p + j));
            }
            p += width;
            result += width;
        }
    }

    public override void OuterProductStep(T* r, T* w, T* sign, T leak, T* result, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var above = L.Broadcast(r[i]);
            var below = L.Broadcast(leak * r[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                *(V*)(result + j) = L.Multiply(L.WherePositive(*(V*)(sign + j), above, below), *(V*)(w + j));
            }
            sign += width;
            result += width;
        }
    }

    public override void AddRows(T* r, T* x, T* total, int rows, int width)
    {
        for (var j = 0; j < width; j += L.Count)
        {
            var sum = *(V*)(total + j);
            for (var i = 0; i < rows; i++)
            {
                var row = *(V*)(x + (long)i * width + j);
                sum = r is null ? L.Add(sum, row) : L.MultiplyAdd(L.Broadcast(r[i]), row, sum);
            }
            *(V*)(total + j) = sum;
        }
    }

    public override void Activate(Activation activation, T* x, T* bias, T* slope, T* curvature, int rows, int width)
    {
        var n = rows * width;
        if (activation is Activation.Relu or Activation.LeakyRelu)
        {
            Rectify(x, bias, slope, rows, width, Leak(activation));
            return;
        }
        if (bias is not null)
        {
            for (var i = 0; i < rows; i++)
            {
                Add(x + (long)i * width, bias, x + (long)i * width, width);
            }
        }
        switch (activation)
        {
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

    private static void Rectify(T* x, T* bias, T* slope, int rows, int width, T leak)
    {
        var below = L.Broadcast(leak);
        var above = L.Broadcast(T.One);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i += L.Count)
            {
                var value = bias is null ? *(V*)(x + i) : L.Add(*(V*)(x + i), *(V*)(bias + i));
                var factor = L.WherePositive(value, above, below);
                *(V*)(x + i) = L.Multiply(value, factor);
                if (slope is not null)
                {
                    *(V*)(slope + i) = factor;
                }
            }
            x += width;
            slope = slope is null ? null : slope + width;
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
            var value = *(V*)(x + i);
            var first = L.MultiplyAdd(L.Multiply(minusOne, value), value, one);
            *(V*)(slope + i) = first;
            if (curvature is not null)
            {
                *(V*)(curvature + i) = L.Multiply(L.Multiply(minusTwo, value), first);
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
