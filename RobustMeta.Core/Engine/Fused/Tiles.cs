using System.Numerics;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// The innermost products: a tile of C of R rows and 2 vectors (or 1) of columns stays in registers while the depth goes
/// by. Each step loads a row of B, broadcasts R numbers of A and does R × 2 fused multiply-adds, so that the loads stay
/// below what the processor can do beside the arithmetic. Written out by hand, since locals in an array would not be
/// kept in registers, and with few calls, since the run-time compiler inlines so many and no more.
/// </summary>
internal static unsafe class Tiles<L, V, T>
    where L : struct, ILanes<V, T>
    where V : unmanaged
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
        if (accumulate)
        {
            c00 = *(V*)c;
            c01 = *(V*)(c + L.Count);
            c10 = *(V*)(c + ldc);
            c11 = *(V*)(c + ldc + L.Count);
            c20 = *(V*)(c + 2 * ldc);
            c21 = *(V*)(c + 2 * ldc + L.Count);
            c30 = *(V*)(c + 3 * ldc);
            c31 = *(V*)(c + 3 * ldc + L.Count);
            c40 = *(V*)(c + 4 * ldc);
            c41 = *(V*)(c + 4 * ldc + L.Count);
            c50 = *(V*)(c + 5 * ldc);
            c51 = *(V*)(c + 5 * ldc + L.Count);
            c60 = *(V*)(c + 6 * ldc);
            c61 = *(V*)(c + 6 * ldc + L.Count);
            c70 = *(V*)(c + 7 * ldc);
            c71 = *(V*)(c + 7 * ldc + L.Count);
        }
        for (var p = 0; p < depth; p++)
        {
            var b0 = *(V*)b;
            var b1 = *(V*)(b + L.Count);
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
        *(V*)c = c00;
        *(V*)(c + L.Count) = c01;
        *(V*)(c + ldc) = c10;
        *(V*)(c + ldc + L.Count) = c11;
        *(V*)(c + 2 * ldc) = c20;
        *(V*)(c + 2 * ldc + L.Count) = c21;
        *(V*)(c + 3 * ldc) = c30;
        *(V*)(c + 3 * ldc + L.Count) = c31;
        *(V*)(c + 4 * ldc) = c40;
        *(V*)(c + 4 * ldc + L.Count) = c41;
        *(V*)(c + 5 * ldc) = c50;
        *(V*)(c + 5 * ldc + L.Count) = c51;
        *(V*)(c + 6 * ldc) = c60;
        *(V*)(c + 6 * ldc + L.Count) = c61;
        *(V*)(c + 7 * ldc) = c70;
        *(V*)(c + 7 * ldc + L.Count) = c71;
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
        if (accumulate)
        {
            c00 = *(V*)c;
            c01 = *(V*)(c + L.Count);
            c10 = *(V*)(c + ldc);
            c11 = *(V*)(c + ldc + L.Count);
            c20 = *(V*)(c + 2 * ldc);
            c21 = *(V*)(c + 2 * ldc + L.Count);
            c30 = *(V*)(c + 3 * ldc);
            c31 = *(V*)(c + 3 * ldc + L.Count);
        }
        for (var p = 0; p < depth; p++)
        {
            var b0 = *(V*)b;
            var b1 = *(V*)(b + L.Count);
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
        *(V*)c = c00;
        *(V*)(c + L.Count) = c01;
        *(V*)(c + ldc) = c10;
        *(V*)(c + ldc + L.Count) = c11;
        *(V*)(c + 2 * ldc) = c20;
        *(V*)(c + 2 * ldc + L.Count) = c21;
        *(V*)(c + 3 * ldc) = c30;
        *(V*)(c + 3 * ldc + L.Count) = c31;
    }

    public static void Tile1x2(T* a, nint columnStride, T* b, nint ldb, T* c, int depth, bool accumulate)
    {
        V c00 = default,
            c01 = default;
        if (accumulate)
        {
            c00 = *(V*)c;
            c01 = *(V*)(c + L.Count);
        }
        for (var p = 0; p < depth; p++)
        {
            var b0 = *(V*)b;
            var b1 = *(V*)(b + L.Count);
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            a += columnStride;
            b += ldb;
        }
        *(V*)c = c00;
        *(V*)(c + L.Count) = c01;
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
        if (accumulate)
        {
            c00 = *(V*)c;
            c10 = *(V*)(c + ldc);
            c20 = *(V*)(c + 2 * ldc);
            c30 = *(V*)(c + 3 * ldc);
            c40 = *(V*)(c + 4 * ldc);
            c50 = *(V*)(c + 5 * ldc);
            c60 = *(V*)(c + 6 * ldc);
            c70 = *(V*)(c + 7 * ldc);
        }
        for (var p = 0; p < depth; p++)
        {
            var b0 = *(V*)b;
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
        *(V*)c = c00;
        *(V*)(c + ldc) = c10;
        *(V*)(c + 2 * ldc) = c20;
        *(V*)(c + 3 * ldc) = c30;
        *(V*)(c + 4 * ldc) = c40;
        *(V*)(c + 5 * ldc) = c50;
        *(V*)(c + 6 * ldc) = c60;
        *(V*)(c + 7 * ldc) = c70;
    }

    public static void Tile1x1(T* a, nint columnStride, T* b, nint ldb, T* c, int depth, bool accumulate)
    {
        V c00 = default;
        if (accumulate)
        {
            c00 = *(V*)c;
        }
        for (var p = 0; p < depth; p++)
        {
            var b0 = *(V*)b;
            var a0 = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(a0, b0, c00);
            a += columnStride;
            b += ldb;
        }
        *(V*)c = c00;
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
            var b0 = *(V*)(b + p);
            var b1 = *(V*)(b + ldb + p);
            var a0 = *(V*)(a + p);
            c00 = L.MultiplyAdd(a0, b0, c00);
            c01 = L.MultiplyAdd(a0, b1, c01);
            var a1 = *(V*)(a + lda + p);
            c10 = L.MultiplyAdd(a1, b0, c10);
            c11 = L.MultiplyAdd(a1, b1, c11);
            var a2 = *(V*)(a + 2 * lda + p);
            c20 = L.MultiplyAdd(a2, b0, c20);
            c21 = L.MultiplyAdd(a2, b1, c21);
            var a3 = *(V*)(a + 3 * lda + p);
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
}
