using System.Numerics;
using System.Runtime.InteropServices;

namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// Matrix products: how they are cut into <see cref="Tiles{L, V, T}"/>. Deterministic: the order of every sum depends on the
/// sizes alone.
/// </summary>
internal static unsafe class MatrixProducts<L, V, T>
    where L : struct, ILanes<V, T>
    where V : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // What of B may stay in the first-level cache, beside the tiles of A and C; of a transposed A whole lines go by, of which a tile uses little.
    private const int CacheBytes = 28 * 1024;
    private const int CacheBytesTransposed = 16 * 1024;
    private const int ShortDepth = 24;
    private const int WideTile = 6;

    /// <summary>
    /// C = A·B, or C += A·B, with A <c>[m, k]</c>, B <c>[k, n]</c>, C <c>[m, n]</c>. A may have any strides; columns of B and C
    /// stand one beside the other, and n is a multiple of the lanes.
    /// </summary>
    public static void Gemm(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        for (var i = 0; i < c.Rows && b.Rows == 0 && !accumulate; i++)
        {
            NativeMemory.Clear(c.Start + (long)i * c.RowStride, (nuint)(c.Columns * sizeof(T)));
        }
        var blocks = InnerBlocks(b.Rows, c.Columns, a.RowStride < a.ColumnStride);
        for (int block = 0, p = 0; block < blocks; block++)
        {
            var depth = (b.Rows - p) / (blocks - block);
            Strips(a.ColumnsFrom(p, depth), b.RowsFrom(p, depth), c, accumulate || p > 0);
            p += depth;
        }
    }

    // Into how many parts of like length to cut the rows of B, so that one stays in the first-level cache, but C is not loaded and stored for little.
    private static int InnerBlocks(int rows, int n, bool isTransposed)
    {
        var bytes = isTransposed ? CacheBytesTransposed : CacheBytes;
        var most = Math.Max(64, bytes / sizeof(T) / Math.Max(1, n));
        return rows <= most ? 1 : (rows + most - 1) / most;
    }

    // Strips of columns: as wide as four vectors where there are registers for them, then as two, then as one. Where the
    // depth is short, wide tiles do not pay for loading and storing C (a tenth slower at a depth of 10).
    private static void Strips(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        var wide = L.HasManyRegisters && b.Rows >= ShortDepth ? c.Columns / (4 * L.Count) * (4 * L.Count) : 0;
        var paired = c.Columns / (2 * L.Count) * (2 * L.Count);
        // Where all of B stays in the first-level cache, rows of A and C go by once, in order.
        var fits = (long)b.Rows * c.Columns * sizeof(T) <= CacheBytes;
        for (int j = 0, strip = fits ? wide : 4 * L.Count; j < wide; j += strip)
        {
            WideRows(a, b.ColumnsFrom(j, strip), c.ColumnsFrom(j, strip), accumulate);
        }
        for (int j = wide, strip = fits ? paired - wide : 2 * L.Count; j < paired; j += strip)
        {
            Rows(a, b.ColumnsFrom(j, strip), c.ColumnsFrom(j, strip), accumulate);
        }
        if (paired < c.Columns)
        {
            OneVector(a, b.ColumnsFrom(paired, L.Count), c.ColumnsFrom(paired, L.Count), accumulate);
        }
    }

    private static void WideRows(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        var (least, larger) = Split(c.Rows, WideTile);
        if (larger > 0)
        {
            Wide(least + 1, a.RowsFrom(0, larger), b, c.RowsFrom(0, larger), accumulate);
        }
        Wide(least, a.RowsFrom(larger, c.Rows - larger), b, c.RowsFrom(larger, c.Rows - larger), accumulate);
    }

    private static void Wide(int rows, in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        switch (rows)
        {
            case 1:
                Tiles<L, V, T>.Four<RowCounts.One>(a, b, c, accumulate);
                break;
            case 2:
                Tiles<L, V, T>.Four<RowCounts.Two>(a, b, c, accumulate);
                break;
            case 3:
                Tiles<L, V, T>.Four<RowCounts.Three>(a, b, c, accumulate);
                break;
            case 4:
                Tiles<L, V, T>.Four<RowCounts.Four>(a, b, c, accumulate);
                break;
            case 5:
                Tiles<L, V, T>.Four<RowCounts.Five>(a, b, c, accumulate);
                break;
            default:
                Tiles<L, V, T>.Four<RowCounts.Six>(a, b, c, accumulate);
                break;
        }
    }

    // Rows of a tile at most: two vectors to a row, the row of B and a number of A must stay in registers together.
    private static int MaxRows => L.HasManyRegisters ? 8 : 6;

    // Rows in as few tiles of at most that many as can be, which are as equal as can be: a tile of one or two rows has too few sums at
    // once to hide their latency and takes as long as one of four. The rows of the smaller tiles, and all rows in tiles of one more, which
    // come first.
    private static (int Least, int OfLarger) Split(int rows, int most)
    {
        var tiles = Math.Max(1, (rows + most - 1) / most);
        var least = rows / tiles;
        return (least, (rows - tiles * least) * (least + 1));
    }

    // All rows of C in some strips of columns.
    private static void Rows(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        var (least, larger) = Split(c.Rows, MaxRows);
        if (larger > 0)
        {
            Tile(least + 1, a.RowsFrom(0, larger), b, c.RowsFrom(0, larger), accumulate);
        }
        Tile(least, a.RowsFrom(larger, c.Rows - larger), b, c.RowsFrom(larger, c.Rows - larger), accumulate);
    }

    private static void Tile(int rows, in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        switch (rows)
        {
            case 1:
                Tiles<L, V, T>.Two<RowCounts.One>(a, b, c, accumulate);
                break;
            case 2:
                Tiles<L, V, T>.Two<RowCounts.Two>(a, b, c, accumulate);
                break;
            case 3:
                Tiles<L, V, T>.Two<RowCounts.Three>(a, b, c, accumulate);
                break;
            case 4:
                Tiles<L, V, T>.Two<RowCounts.Four>(a, b, c, accumulate);
                break;
            case 5:
                Tiles<L, V, T>.Two<RowCounts.Five>(a, b, c, accumulate);
                break;
            case 6:
                Tiles<L, V, T>.Two<RowCounts.Six>(a, b, c, accumulate);
                break;
            case 7:
                Tiles<L, V, T>.Two<RowCounts.Seven>(a, b, c, accumulate);
                break;
            default:
                Tiles<L, V, T>.Two<RowCounts.Eight>(a, b, c, accumulate);
                break;
        }
    }

    private static void OneVector(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate)
    {
        var i = 0;
        for (; i + 8 <= c.Rows; i += 8)
        {
            Tiles<L, V, T>.One<RowCounts.Eight>(a.RowsFrom(i, 8), b, c.RowsFrom(i, 8), accumulate);
        }
        for (; i + 4 <= c.Rows; i += 4)
        {
            Tiles<L, V, T>.One<RowCounts.Four>(a.RowsFrom(i, 4), b, c.RowsFrom(i, 4), accumulate);
        }
        for (; i < c.Rows; i++)
        {
            Tiles<L, V, T>.One<RowCounts.One>(a.RowsFrom(i, 1), b, c.RowsFrom(i, 1), accumulate);
        }
    }

    /// <summary>Σ x·y over n numbers, a multiple of the lanes.</summary>
    public static T Dot(T* x, T* y, int n)
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

    /// <summary>
    /// C = alpha·(A·Bᵀ + shift), with A <c>[m, k]</c>, B <c>[n, k]</c>, C <c>[m, n]</c> with any n; k is a multiple of the lanes.
    /// </summary>
    public static void Gram(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, T alpha, T shift)
    {
        if (c.Columns < 4)
        {
            for (var i = 0; i < c.Rows; i++)
            {
                for (var j = 0; j < c.Columns; j++)
                {
                    var dot = Dot(a.Start + (long)i * a.RowStride, b.Start + (long)j * b.RowStride, b.Columns);
                    c.Start[(long)i * c.RowStride + j] = alpha * (dot + shift);
                }
            }
            return;
        }
        // Rows of B at a time as many as stay in the first-level cache; those left over are added to the last.
        var block = Math.Max(4, CacheBytes / sizeof(T) / Math.Max(1, b.Columns) / 4 * 4);
        for (var first = 0; first < c.Columns; )
        {
            var left = c.Columns - first;
            var count = left < block + 4 ? left : block;
            DotRows(a, b.RowsFrom(first, count), c.ColumnsFrom(first, count), alpha, shift);
            first += count;
        }
    }

    // All rows of C = alpha·(A·Bᵀ + shift) in some columns, at least four.
    private static void DotRows(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, T alpha, T shift)
    {
        var (least, larger) = Split(c.Rows, L.HasManyRegisters ? 6 : 3);
        if (larger > 0)
        {
            Dots(least + 1, a.RowsFrom(0, larger), b, c.RowsFrom(0, larger), alpha, shift);
        }
        Dots(least, a.RowsFrom(larger, c.Rows - larger), b, c.RowsFrom(larger, c.Rows - larger), alpha, shift);
    }

    private static void Dots(int rows, in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, T alpha, T shift)
    {
        switch (rows)
        {
            case 1:
                Tiles<L, V, T>.Dots<RowCounts.One>(a, b, c, alpha, shift);
                break;
            case 2:
                Tiles<L, V, T>.Dots<RowCounts.Two>(a, b, c, alpha, shift);
                break;
            case 3:
                Tiles<L, V, T>.Dots<RowCounts.Three>(a, b, c, alpha, shift);
                break;
            case 4:
                Tiles<L, V, T>.WideDots<RowCounts.Four>(a, b, c, alpha, shift);
                break;
            case 5:
                Tiles<L, V, T>.WideDots<RowCounts.Five>(a, b, c, alpha, shift);
                break;
            default:
                Tiles<L, V, T>.WideDots<RowCounts.Six>(a, b, c, alpha, shift);
                break;
        }
    }
}
