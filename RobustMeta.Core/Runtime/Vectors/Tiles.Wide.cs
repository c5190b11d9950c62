using System.Runtime.CompilerServices;

namespace RobustMeta.Runtime.Vectors;

/// <content>Tiles four vectors wide, for processors with 32 registers.</content>
internal static unsafe partial class Tiles<L, V, T>
{
    /// <summary>
    /// C (+)= A·B in tiles of R rows, of which C has a multiple, and four vectors: 6 rows take 10 loads for 24
    /// multiply-adds, where 8 rows of two vectors take 10 loads for 16.
    /// </summary>
    public static void Four<R>(in Matrix<T> left, in Matrix<T> right, in Matrix<T> target, bool accumulate)
        where R : struct, ICount
    {
        nint rowStride = left.RowStride;
        nint columnStride = left.ColumnStride;
        nint ldb = right.RowStride;
        nint ldc = target.RowStride;
        var thrice = 3 * rowStride;
        var five = 5 * rowStride;
        var columns = target.Columns / (4 * L.Count) * (4 * L.Count);
        for (var row = 0; row < target.Rows; row += R.Count)
        {
            for (nint column = 0; column < columns; column += 4 * L.Count)
            {
                var c = target.Start + row * ldc + column;
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
                V c30 = default,
                    c31 = default,
                    c32 = default,
                    c33 = default;
                V c40 = default,
                    c41 = default,
                    c42 = default,
                    c43 = default;
                V c50 = default,
                    c51 = default,
                    c52 = default,
                    c53 = default;
                if (accumulate)
                {
                    Load<R>(0, c, ldc, ref c00, ref c01, ref c02, ref c03);
                    Load<R>(1, c, ldc, ref c10, ref c11, ref c12, ref c13);
                    Load<R>(2, c, ldc, ref c20, ref c21, ref c22, ref c23);
                    Load<R>(3, c, ldc, ref c30, ref c31, ref c32, ref c33);
                    Load<R>(4, c, ldc, ref c40, ref c41, ref c42, ref c43);
                    Load<R>(5, c, ldc, ref c50, ref c51, ref c52, ref c53);
                }
                var ofA = left.Start + row * rowStride;
                var ofB = right.Start + column;
                for (var p = right.Rows; p > 0; p--)
                {
                    var b0 = *(V*)ofB;
                    var b1 = *(V*)(ofB + L.Count);
                    var b2 = *(V*)(ofB + 2 * L.Count);
                    var b3 = *(V*)(ofB + 3 * L.Count);
                    var a0 = L.Broadcast(ofA[0]);
                    c00 = L.MultiplyAdd(a0, b0, c00);
                    c01 = L.MultiplyAdd(a0, b1, c01);
                    c02 = L.MultiplyAdd(a0, b2, c02);
                    c03 = L.MultiplyAdd(a0, b3, c03);
                    if (R.Count > 1)
                    {
                        var a1 = L.Broadcast(ofA[rowStride]);
                        c10 = L.MultiplyAdd(a1, b0, c10);
                        c11 = L.MultiplyAdd(a1, b1, c11);
                        c12 = L.MultiplyAdd(a1, b2, c12);
                        c13 = L.MultiplyAdd(a1, b3, c13);
                    }
                    if (R.Count > 2)
                    {
                        var a2 = L.Broadcast(ofA[2 * rowStride]);
                        c20 = L.MultiplyAdd(a2, b0, c20);
                        c21 = L.MultiplyAdd(a2, b1, c21);
                        c22 = L.MultiplyAdd(a2, b2, c22);
                        c23 = L.MultiplyAdd(a2, b3, c23);
                    }
                    if (R.Count > 3)
                    {
                        var a3 = L.Broadcast(ofA[thrice]);
                        c30 = L.MultiplyAdd(a3, b0, c30);
                        c31 = L.MultiplyAdd(a3, b1, c31);
                        c32 = L.MultiplyAdd(a3, b2, c32);
                        c33 = L.MultiplyAdd(a3, b3, c33);
                    }
                    if (R.Count > 4)
                    {
                        var a4 = L.Broadcast(ofA[4 * rowStride]);
                        c40 = L.MultiplyAdd(a4, b0, c40);
                        c41 = L.MultiplyAdd(a4, b1, c41);
                        c42 = L.MultiplyAdd(a4, b2, c42);
                        c43 = L.MultiplyAdd(a4, b3, c43);
                    }
                    if (R.Count > 5)
                    {
                        var a5 = L.Broadcast(ofA[five]);
                        c50 = L.MultiplyAdd(a5, b0, c50);
                        c51 = L.MultiplyAdd(a5, b1, c51);
                        c52 = L.MultiplyAdd(a5, b2, c52);
                        c53 = L.MultiplyAdd(a5, b3, c53);
                    }
                    ofA += columnStride;
                    ofB += ldb;
                }
                Store<R>(0, c, ldc, c00, c01, c02, c03);
                Store<R>(1, c, ldc, c10, c11, c12, c13);
                Store<R>(2, c, ldc, c20, c21, c22, c23);
                Store<R>(3, c, ldc, c30, c31, c32, c33);
                Store<R>(4, c, ldc, c40, c41, c42, c43);
                Store<R>(5, c, ldc, c50, c51, c52, c53);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<R>(nint row, T* c, nint ldc, ref V first, ref V second, ref V third, ref V fourth)
        where R : struct, ICount
    {
        Load<R>(row, c, ldc, ref first, ref second);
        Load<R>(row, c + 2 * L.Count, ldc, ref third, ref fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<R>(nint row, T* c, nint ldc, V first, V second, V third, V fourth)
        where R : struct, ICount
    {
        Store<R>(row, c, ldc, first, second);
        Store<R>(row, c + 2 * L.Count, ldc, third, fourth);
    }

    /// <summary>C = alpha·(A·Bᵀ + shift) for a multiple of R rows of A, at most 6 at a time, and at least 4 rows of B, of which it takes 4 at a time.</summary>
    public static void WideDots<R>(in Matrix<T> left, in Matrix<T> right, in Matrix<T> target, T alpha, T shift)
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
                V c30 = default,
                    c31 = default,
                    c32 = default,
                    c33 = default;
                V c40 = default,
                    c41 = default,
                    c42 = default,
                    c43 = default;
                V c50 = default,
                    c51 = default,
                    c52 = default,
                    c53 = default;
                for (var end = a + left.Columns; a < end; a += L.Count)
                {
                    var a0 = *(V*)a;
                    var a1 = R.Count > 1 ? *(V*)(a + 1 * lda) : a0;
                    var a2 = R.Count > 2 ? *(V*)(a + 2 * lda) : a0;
                    var a3 = R.Count > 3 ? *(V*)(a + 3 * lda) : a0;
                    var a4 = R.Count > 4 ? *(V*)(a + 4 * lda) : a0;
                    var a5 = R.Count > 5 ? *(V*)(a + 5 * lda) : a0;
                    var b0 = *(V*)b;
                    c00 = L.MultiplyAdd(a0, b0, c00);
                    c10 = R.Count > 1 ? L.MultiplyAdd(a1, b0, c10) : c10;
                    c20 = R.Count > 2 ? L.MultiplyAdd(a2, b0, c20) : c20;
                    c30 = R.Count > 3 ? L.MultiplyAdd(a3, b0, c30) : c30;
                    c40 = R.Count > 4 ? L.MultiplyAdd(a4, b0, c40) : c40;
                    c50 = R.Count > 5 ? L.MultiplyAdd(a5, b0, c50) : c50;
                    var b1 = *(V*)(b + 1 * ldb);
                    c01 = L.MultiplyAdd(a0, b1, c01);
                    c11 = R.Count > 1 ? L.MultiplyAdd(a1, b1, c11) : c11;
                    c21 = R.Count > 2 ? L.MultiplyAdd(a2, b1, c21) : c21;
                    c31 = R.Count > 3 ? L.MultiplyAdd(a3, b1, c31) : c31;
                    c41 = R.Count > 4 ? L.MultiplyAdd(a4, b1, c41) : c41;
                    c51 = R.Count > 5 ? L.MultiplyAdd(a5, b1, c51) : c51;
                    var b2 = *(V*)(b + 2 * ldb);
                    c02 = L.MultiplyAdd(a0, b2, c02);
                    c12 = R.Count > 1 ? L.MultiplyAdd(a1, b2, c12) : c12;
                    c22 = R.Count > 2 ? L.MultiplyAdd(a2, b2, c22) : c22;
                    c32 = R.Count > 3 ? L.MultiplyAdd(a3, b2, c32) : c32;
                    c42 = R.Count > 4 ? L.MultiplyAdd(a4, b2, c42) : c42;
                    c52 = R.Count > 5 ? L.MultiplyAdd(a5, b2, c52) : c52;
                    var b3 = *(V*)(b + 3 * ldb);
                    c03 = L.MultiplyAdd(a0, b3, c03);
                    c13 = R.Count > 1 ? L.MultiplyAdd(a1, b3, c13) : c13;
                    c23 = R.Count > 2 ? L.MultiplyAdd(a2, b3, c23) : c23;
                    c33 = R.Count > 3 ? L.MultiplyAdd(a3, b3, c33) : c33;
                    c43 = R.Count > 4 ? L.MultiplyAdd(a4, b3, c43) : c43;
                    c53 = R.Count > 5 ? L.MultiplyAdd(a5, b3, c53) : c53;
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
                if (R.Count > 3)
                {
                    L.StoreSums(c30, c31, c32, c33, alpha, shift, c + 3 * ldc);
                }
                if (R.Count > 4)
                {
                    L.StoreSums(c40, c41, c42, c43, alpha, shift, c + 4 * ldc);
                }
                if (R.Count > 5)
                {
                    L.StoreSums(c50, c51, c52, c53, alpha, shift, c + 5 * ldc);
                }
            }
        }
    }
}
