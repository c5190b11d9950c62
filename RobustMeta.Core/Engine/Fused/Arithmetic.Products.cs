namespace RobustMeta.Engine.Fused;

/// <content>Matrix products: how they are cut into <see cref="Tiles{L, V, T}"/>.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
    // What of B may stay in the first-level cache, beside the tiles of A and C.
    private const int CacheBytes = 28 * 1024;
    private const int ShortDepth = 24;

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
}
