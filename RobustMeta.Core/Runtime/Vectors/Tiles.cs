using System.Numerics;
using System.Runtime.CompilerServices;

namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// The innermost products: a tile of C of up to 8 rows and 2 vectors (or 1, or of 6 rows and 4) of columns stays in registers
/// while the depth goes by. Each step loads a row of B, broadcasts R numbers of A and does R × 2 fused multiply-adds, so that the loads stay
/// below what the processor can do beside the arithmetic. Written out by hand, since locals in an array would not be kept
/// in registers. The number of rows is a type: the run-time compiler makes a copy for each and leaves out what the
/// conditions exclude.
/// </summary>
internal static unsafe partial class Tiles<L, V, T>
    where L : struct, ILanes<V, T>
    where V : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>C (+)= A·B in tiles of R rows, of which C has a multiple, and two vectors.</summary>
    public static void Two<R>(in Matrix<T> left, in Matrix<T> right, in Matrix<T> target, bool accumulate)
        where R : struct, ICount
    {
        nint rowStride = left.RowStride;
        nint columnStride = left.ColumnStride;
        nint ldb = right.RowStride;
        nint ldc = target.RowStride;
        var columns = target.Columns / (2 * L.Count) * (2 * L.Count);
        // Multiples of the stride in registers: addressing modes multiply by one or two at no cost.
        var twice = 2 * rowStride;
        var thrice = 3 * rowStride;
        var five = 5 * rowStride;
        var seven = 7 * rowStride;
        for (var row = 0; row < target.Rows; row += R.Count)
        {
            var a = left.Start + row * rowStride;
            for (nint column = 0; column < columns; column += 2 * L.Count)
            {
                var c = target.Start + row * ldc + column;
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
                    Load<R>(0, c, ldc, ref c00, ref c01);
                    Load<R>(1, c, ldc, ref c10, ref c11);
                    Load<R>(2, c, ldc, ref c20, ref c21);
                    Load<R>(3, c, ldc, ref c30, ref c31);
                    Load<R>(4, c, ldc, ref c40, ref c41);
                    Load<R>(5, c, ldc, ref c50, ref c51);
                    Load<R>(6, c, ldc, ref c60, ref c61);
                    Load<R>(7, c, ldc, ref c70, ref c71);
                }
                var ofA = a;
                var ofB = right.Start + column;
                V b0;
                V b1;
                // Two steps at a time: where another program runs on the core's other thread, what a step does beside its multiply-adds counts.
                for (var p = right.Rows; p > 0; p -= 2)
                {
                    b0 = *(V*)ofB;
                    b1 = *(V*)(ofB + L.Count);
                    AddRow<R>(0, ofA, b0, b1, ref c00, ref c01);
                    AddRow<R>(1, ofA + rowStride, b0, b1, ref c10, ref c11);
                    AddRow<R>(2, ofA + twice, b0, b1, ref c20, ref c21);
                    AddRow<R>(3, ofA + thrice, b0, b1, ref c30, ref c31);
                    AddRow<R>(4, ofA + 2 * twice, b0, b1, ref c40, ref c41);
                    AddRow<R>(5, ofA + five, b0, b1, ref c50, ref c51);
                    AddRow<R>(6, ofA + 2 * thrice, b0, b1, ref c60, ref c61);
                    AddRow<R>(7, ofA + seven, b0, b1, ref c70, ref c71);
                    if (p == 1)
                    {
                        break;
                    }
                    var next = ofA + columnStride;
                    b0 = *(V*)(ofB + ldb);
                    b1 = *(V*)(ofB + ldb + L.Count);
                    AddRow<R>(0, next, b0, b1, ref c00, ref c01);
                    AddRow<R>(1, next + rowStride, b0, b1, ref c10, ref c11);
                    AddRow<R>(2, next + twice, b0, b1, ref c20, ref c21);
                    AddRow<R>(3, next + thrice, b0, b1, ref c30, ref c31);
                    AddRow<R>(4, next + 2 * twice, b0, b1, ref c40, ref c41);
                    AddRow<R>(5, next + five, b0, b1, ref c50, ref c51);
                    AddRow<R>(6, next + 2 * thrice, b0, b1, ref c60, ref c61);
                    AddRow<R>(7, next + seven, b0, b1, ref c70, ref c71);
                    ofA = next + columnStride;
                    ofB += 2 * ldb;
                }
                Store<R>(0, c, ldc, c00, c01);
                Store<R>(1, c, ldc, c10, c11);
                Store<R>(2, c, ldc, c20, c21);
                Store<R>(3, c, ldc, c30, c31);
                Store<R>(4, c, ldc, c40, c41);
                Store<R>(5, c, ldc, c50, c51);
                Store<R>(6, c, ldc, c60, c61);
                Store<R>(7, c, ldc, c70, c71);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<R>(nint row, T* a, V first, V second, ref V left, ref V right)
        where R : struct, ICount
    {
        if (row < R.Count)
        {
            var number = L.Broadcast(*a);
            left = L.MultiplyAdd(number, first, left);
            right = L.MultiplyAdd(number, second, right);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<R>(nint row, T* c, nint ldc, ref V left, ref V right)
        where R : struct, ICount
    {
        if (row < R.Count)
        {
            left = *(V*)(c + row * ldc);
            right = *(V*)(c + row * ldc + L.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<R>(nint row, T* c, nint ldc, V left, V right)
        where R : struct, ICount
    {
        if (row < R.Count)
        {
            *(V*)(c + row * ldc) = left;
            *(V*)(c + row * ldc + L.Count) = right;
        }
    }

    /// <summary>C (+)= A·B for some rows, one vector wide.</summary>
    public static void One<R>(in Matrix<T> left, in Matrix<T> right, in Matrix<T> target, bool accumulate)
        where R : struct, ICount
    {
        var a = left.Start;
        var b = right.Start;
        var c = target.Start;
        nint rowStride = left.RowStride;
        nint columnStride = left.ColumnStride;
        nint ldb = right.RowStride;
        nint ldc = target.RowStride;
        V c0 = default;
        V c1 = default;
        V c2 = default;
        V c3 = default;
        V c4 = default;
        V c5 = default;
        V c6 = default;
        V c7 = default;
        if (accumulate)
        {
            c0 = *(V*)c;
            c1 = R.Count > 1 ? *(V*)(c + ldc) : c1;
            c2 = R.Count > 2 ? *(V*)(c + 2 * ldc) : c2;
            c3 = R.Count > 3 ? *(V*)(c + 3 * ldc) : c3;
            c4 = R.Count > 4 ? *(V*)(c + 4 * ldc) : c4;
            c5 = R.Count > 5 ? *(V*)(c + 5 * ldc) : c5;
            c6 = R.Count > 6 ? *(V*)(c + 6 * ldc) : c6;
            c7 = R.Count > 7 ? *(V*)(c + 7 * ldc) : c7;
        }
        var middle = a + 3 * rowStride;
        var lower = a + 6 * rowStride;
        for (var p = right.Rows; p > 0; p--)
        {
            var b0 = *(V*)b;
            c0 = L.MultiplyAdd(L.Broadcast(a[0]), b0, c0);
            c1 = R.Count > 1 ? L.MultiplyAdd(L.Broadcast(a[rowStride]), b0, c1) : c1;
            c2 = R.Count > 2 ? L.MultiplyAdd(L.Broadcast(a[2 * rowStride]), b0, c2) : c2;
            c3 = R.Count > 3 ? L.MultiplyAdd(L.Broadcast(middle[0]), b0, c3) : c3;
            c4 = R.Count > 4 ? L.MultiplyAdd(L.Broadcast(middle[rowStride]), b0, c4) : c4;
            c5 = R.Count > 5 ? L.MultiplyAdd(L.Broadcast(middle[2 * rowStride]), b0, c5) : c5;
            c6 = R.Count > 6 ? L.MultiplyAdd(L.Broadcast(lower[0]), b0, c6) : c6;
            c7 = R.Count > 7 ? L.MultiplyAdd(L.Broadcast(lower[rowStride]), b0, c7) : c7;
            a += columnStride;
            middle += columnStride;
            lower += columnStride;
            b += ldb;
        }
        *(V*)c = c0;
        Put<R>(1, c, ldc, c1);
        Put<R>(2, c, ldc, c2);
        Put<R>(3, c, ldc, c3);
        Put<R>(4, c, ldc, c4);
        Put<R>(5, c, ldc, c5);
        Put<R>(6, c, ldc, c6);
        Put<R>(7, c, ldc, c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<R>(nint row, T* c, nint ldc, V value)
        where R : struct, ICount
    {
        if (row < R.Count)
        {
            *(V*)(c + row * ldc) = value;
        }
    }

    /// <summary>C = alpha·(A·Bᵀ + shift) for a multiple of R rows of A, at most 3 at a time, and at least 4 rows of B, of which it takes 4 at a time.</summary>
    public static void Dots<R>(in Matrix<T> left, in Matrix<T> right, in Matrix<T> target, T alpha, T shift)
        where R : struct, ICount
    {
        nint lda = left.RowStride;
        nint ldb = right.RowStride;
        nint ldc = target.RowStride;
        for (var row = 0; row < target.Rows; row += R.Count)
        {
            for (var j = 0; j < target.Columns; j += 4)
            {
                // The last four overlap those before: the same numbers in the same order once more.
                nint first = Math.Min(j, target.Columns - 4);
                var a = left.Start + row * lda;
                var b = right.Start + first * ldb;
                var c = target.Start + row * ldc + first;
                V c00 = default,
                    c01 = default,
                    c02 = default,
                    c03 = default;
                V c10 = default,
                    c11 = default,
                    c12 = default,
                    c13 = default;
                V c20 = default,
                    c21 = default,
                    c22 = default,
                    c23 = default;
                for (var end = a + left.Columns; a < end; a += L.Count)
                {
                    var a0 = *(V*)a;
                    var a1 = R.Count > 1 ? *(V*)(a + 1 * lda) : a0;
                    var a2 = R.Count > 2 ? *(V*)(a + 2 * lda) : a0;
                    var b0 = *(V*)b;
                    c00 = L.MultiplyAdd(a0, b0, c00);
                    c10 = R.Count > 1 ? L.MultiplyAdd(a1, b0, c10) : c10;
                    c20 = R.Count > 2 ? L.MultiplyAdd(a2, b0, c20) : c20;
                    var b1 = *(V*)(b + 1 * ldb);
                    c01 = L.MultiplyAdd(a0, b1, c01);
                    c11 = R.Count > 1 ? L.MultiplyAdd(a1, b1, c11) : c11;
                    c21 = R.Count > 2 ? L.MultiplyAdd(a2, b1, c21) : c21;
                    var b2 = *(V*)(b + 2 * ldb);
                    c02 = L.MultiplyAdd(a0, b2, c02);
                    c12 = R.Count > 1 ? L.MultiplyAdd(a1, b2, c12) : c12;
                    c22 = R.Count > 2 ? L.MultiplyAdd(a2, b2, c22) : c22;
                    var b3 = *(V*)(b + 3 * ldb);
                    c03 = L.MultiplyAdd(a0, b3, c03);
                    c13 = R.Count > 1 ? L.MultiplyAdd(a1, b3, c13) : c13;
                    c23 = R.Count > 2 ? L.MultiplyAdd(a2, b3, c23) : c23;
                    b += L.Count;
                }
                L.StoreSums(c00, c01, c02, c03, alpha, shift, c);
                if (R.Count > 1)
                {
                    L.StoreSums(c10, c11, c12, c13, alpha, shift, c + 1 * ldc);
                }
                if (R.Count > 2)
                {
                    L.StoreSums(c20, c21, c22, c23, alpha, shift, c + 2 * ldc);
                }
            }
        }
    }
}
