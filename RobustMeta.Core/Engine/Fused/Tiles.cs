using System.Numerics;
using System.Runtime.CompilerServices;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// The innermost products: a tile of C of R rows and 2 vectors (or 1) of columns stays in registers while the depth goes
/// by. Each step loads a row of B, broadcasts R numbers of A and does R × 2 fused multiply-adds, so that the loads stay
/// below what the processor can do beside the arithmetic. Written out by hand, since locals in an array would not be
/// kept in registers.
/// </summary>
internal static unsafe class Tiles<L, V, T>
    where L : struct, ILanes<V, T>
    where V : struct
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static void Tile8x2(
        T* a,
        nint rowStride,
        nint columnStride,
        T* b,
        nint ldb,
        T* c,
        nint ldc,
        int depth,
        T alpha,
        bool accumulate
    )
    {
        V c00 = default,
            c01 = default;
        V c10 = default,
            c11 = default;
        V c20 = default,
            c21 = default;
        V c30 = default,
            c31 = default;
        V c40 = default,
            c41 = default;
        V c50 = default,
            c51 = default;
        V c60 = default,
            c61 = default;
        V c70 = default,
            c71 = default;
        for (var p = 0; p < depth; p++)
        {
            var b0 = L.Load(b);
            var b1 = L.Load(b + L.Count);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            var a1 = L.Broadcast(a[rowStride]);
            c10 = L.MultiplyAdd(a1, b0, c10);
            c11 = L.MultiplyAdd(a1, b1, c11);
            var a2 = L.Broadcast(a[2 * rowStride]);
            c20 = L.MultiplyAdd(a2, b0, c20);
            c21 = L.MultiplyAdd(a2, b1, c21);
            var a3 = L.Broadcast(a[3 * rowStride]);
            c30 = L.MultiplyAdd(a3, b0, c30);
            c31 = L.MultiplyAdd(a3, b1, c31);
            var a4 = L.Broadcast(a[4 * rowStride]);
            c40 = L.MultiplyAdd(a4, b0, c40);
            c41 = L.MultiplyAdd(a4, b1, c41);
            var a5 = L.Broadcast(a[5 * rowStride]);
            c50 = L.MultiplyAdd(a5, b0, c50);
            c51 = L.MultiplyAdd(a5, b1, c51);
            var a6 = L.Broadcast(a[6 * rowStride]);
            c60 = L.MultiplyAdd(a6, b0, c60);
            c61 = L.MultiplyAdd(a6, b1, c61);
            var a7 = L.Broadcast(a[7 * rowStride]);
            c70 = L.MultiplyAdd(a7, b0, c70);
            c71 = L.MultiplyAdd(a7, b1, c71);
            a += columnStride;
            b += ldb;
        }
        var scale = L.Broadcast(alpha);
        Put(c00, scale, c, accumulate);
        Put(c01, scale, c + L.Count, accumulate);
        Put(c10, scale, c + ldc, accumulate);
        Put(c11, scale, c + ldc + L.Count, accumulate);
        Put(c20, scale, c + 2 * ldc, accumulate);
        Put(c21, scale, c + 2 * ldc + L.Count, accumulate);
        Put(c30, scale, c + 3 * ldc, accumulate);
        Put(c31, scale, c + 3 * ldc + L.Count, accumulate);
        Put(c40, scale, c + 4 * ldc, accumulate);
        Put(c41, scale, c + 4 * ldc + L.Count, accumulate);
        Put(c50, scale, c + 5 * ldc, accumulate);
        Put(c51, scale, c + 5 * ldc + L.Count, accumulate);
        Put(c60, scale, c + 6 * ldc, accumulate);
        Put(c61, scale, c + 6 * ldc + L.Count, accumulate);
        Put(c70, scale, c + 7 * ldc, accumulate);
        Put(c71, scale, c + 7 * ldc + L.Count, accumulate);
    }

    public static void Tile4x2(
        T* a,
        nint rowStride,
        nint columnStride,
        T* b,
        nint ldb,
        T* c,
        nint ldc,
        int depth,
        T alpha,
        bool accumulate
    )
    {
        V c00 = default,
            c01 = default;
        V c10 = default,
            c11 = default;
        V c20 = default,
            c21 = default;
        V c30 = default,
            c31 = default;
        for (var p = 0; p < depth; p++)
        {
            var b0 = L.Load(b);
            var b1 = L.Load(b + L.Count);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            var a1 = L.Broadcast(a[rowStride]);
            c10 = L.MultiplyAdd(a1, b0, c10);
            c11 = L.MultiplyAdd(a1, b1, c11);
            var a2 = L.Broadcast(a[2 * rowStride]);
            c20 = L.MultiplyAdd(a2, b0, c20);
            c21 = L.MultiplyAdd(a2, b1, c21);
            var a3 = L.Broadcast(a[3 * rowStride]);
            c30 = L.MultiplyAdd(a3, b0, c30);
            c31 = L.MultiplyAdd(a3, b1, c31);
            a += columnStride;
            b += ldb;
        }
        var scale = L.Broadcast(alpha);
        Put(c00, scale, c, accumulate);
        Put(c01, scale, c + L.Count, accumulate);
        Put(c10, scale, c + ldc, accumulate);
        Put(c11, scale, c + ldc + L.Count, accumulate);
        Put(c20, scale, c + 2 * ldc, accumulate);
        Put(c21, scale, c + 2 * ldc + L.Count, accumulate);
        Put(c30, scale, c + 3 * ldc, accumulate);
        Put(c31, scale, c + 3 * ldc + L.Count, accumulate);
    }

    public static void Tile1x2(T* a, nint columnStride, T* b, nint ldb, T* c, int depth, T alpha, bool accumulate)
    {
        V c00 = default,
            c01 = default;
        for (var p = 0; p < depth; p++)
        {
            var b0 = L.Load(b);
            var b1 = L.Load(b + L.Count);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            a += columnStride;
            b += ldb;
        }
        var scale = L.Broadcast(alpha);
        Put(c00, scale, c, accumulate);
        Put(c01, scale, c + L.Count, accumulate);
    }

    public static void Tile8x1(
        T* a,
        nint rowStride,
        nint columnStride,
        T* b,
        nint ldb,
        T* c,
        nint ldc,
        int depth,
        T alpha,
        bool accumulate
    )
    {
        V c00 = default;
        V c10 = default;
        V c20 = default;
        V c30 = default;
        V c40 = default;
        V c50 = default;
        V c60 = default;
        V c70 = default;
        for (var p = 0; p < depth; p++)
        {
            var b0 = L.Load(b);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            var a1 = L.Broadcast(a[rowStride]);
            c10 = L.MultiplyAdd(a1, b0, c10);
            var a2 = L.Broadcast(a[2 * rowStride]);
            c20 = L.MultiplyAdd(a2, b0, c20);
            var a3 = L.Broadcast(a[3 * rowStride]);
            c30 = L.MultiplyAdd(a3, b0, c30);
            var a4 = L.Broadcast(a[4 * rowStride]);
            c40 = L.MultiplyAdd(a4, b0, c40);
            var a5 = L.Broadcast(a[5 * rowStride]);
            c50 = L.MultiplyAdd(a5, b0, c50);
            var a6 = L.Broadcast(a[6 * rowStride]);
            c60 = L.MultiplyAdd(a6, b0, c60);
            var a7 = L.Broadcast(a[7 * rowStride]);
            c70 = L.MultiplyAdd(a7, b0, c70);
            a += columnStride;
            b += ldb;
        }
        var scale = L.Broadcast(alpha);
        Put(c00, scale, c, accumulate);
        Put(c10, scale, c + ldc, accumulate);
        Put(c20, scale, c + 2 * ldc, accumulate);
        Put(c30, scale, c + 3 * ldc, accumulate);
        Put(c40, scale, c + 4 * ldc, accumulate);
        Put(c50, scale, c + 5 * ldc, accumulate);
        Put(c60, scale, c + 6 * ldc, accumulate);
        Put(c70, scale, c + 7 * ldc, accumulate);
    }

    public static void Tile1x1(T* a, nint columnStride, T* b, nint ldb, T* c, int depth, T alpha, bool accumulate)
    {
        V c00 = default;
        for (var p = 0; p < depth; p++)
        {
            var b0 = L.Load(b);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            a += columnStride;
            b += ldb;
        }
        var scale = L.Broadcast(alpha);
        Put(c00, scale, c, accumulate);
    }

    /// <summary>Dot products of 4 rows with 2 rows: C[i, j] = alpha·(a_i·b_j + shift).</summary>
    public static void Dot4x2(T* a, nint lda, T* b, nint ldb, T* c, nint ldc, int depth, T alpha, T shift)
    {
        V c00 = default,
            c01 = default;
        V c10 = default,
            c11 = default;
        V c20 = default,
            c21 = default;
        V c30 = default,
            c31 = default;
        for (var p = 0; p < depth; p += L.Count)
        {
            var b0 = L.Load(b + p);
            var b1 = L.Load(b + ldb + p);
            var a0 = L.Load(a + p);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            var a1 = L.Load(a + lda + p);
            c10 = L.MultiplyAdd(a1, b0, c10);
            c11 = L.MultiplyAdd(a1, b1, c11);
            var a2 = L.Load(a + 2 * lda + p);
            c20 = L.MultiplyAdd(a2, b0, c20);
            c21 = L.MultiplyAdd(a2, b1, c21);
            var a3 = L.Load(a + 3 * lda + p);
            c30 = L.MultiplyAdd(a3, b0, c30);
            c31 = L.MultiplyAdd(a3, b1, c31);
        }
        c[0] = alpha * (L.Sum(c00) + shift);
        c[1] = alpha * (L.Sum(c01) + shift);
        c[ldc] = alpha * (L.Sum(c10) + shift);
        c[ldc + 1] = alpha * (L.Sum(c11) + shift);
        c[2 * ldc] = alpha * (L.Sum(c20) + shift);
        c[2 * ldc + 1] = alpha * (L.Sum(c21) + shift);
        c[3 * ldc] = alpha * (L.Sum(c30) + shift);
        c[3 * ldc + 1] = alpha * (L.Sum(c31) + shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V value, V scale, T* to, bool accumulate) =>
        L.Store(accumulate ? L.MultiplyAdd(scale, value, L.Load(to)) : L.Multiply(scale, value), to);
}
