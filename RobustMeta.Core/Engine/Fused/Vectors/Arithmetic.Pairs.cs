namespace RobustMeta.Engine.Fused.Vectors;

/// <content>Kernels over two blocks at once: rows and columns scaled and added, products summed by row and by column.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
    public override void ScaleRows(T* r, T* x, T* s, T* y, T* result, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var first = L.Broadcast(r[i]);
            var second = y is null ? default : L.Broadcast(s[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                var scaled = L.Multiply(first, *(V*)(x + j));
                *(V*)(result + j) = y is null ? scaled : L.MultiplyAdd(second, *(V*)(y + j), scaled);
            }
            x += width;
            y = y is null ? null : y + width;
            result += width;
        }
    }

    public override void ColumnProducts(T* x, T* v, T* y, T* w, T* result, int rows, int width, bool accumulate)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < width; j += L.Count)
            {
                var into = (V*)(result + j);
                var (row, factor) = (*(V*)(x + j), *(V*)(v + j));
                var sum = accumulate ? L.MultiplyAdd(row, factor, *into) : L.Multiply(row, factor);
                *into = y is null ? sum : L.MultiplyAdd(*(V*)(y + j), *(V*)(w + j), sum);
            }
            x += width;
            y = y is null ? null : y + width;
            result += width;
        }
    }

    public override void AddColumnDots(T* x, T* y, T* total, int rows, int width)
    {
        for (var j = 0; j < width; j += L.Count)
        {
            // Two sums side by side: one alone waits for each addition before the next.
            V even = default,
                odd = default;
            var i = 0;
            for (; i + 2 <= rows; i += 2)
            {
                var at = (long)i * width + j;
                even = L.MultiplyAdd(*(V*)(x + at), *(V*)(y + at), even);
                odd = L.MultiplyAdd(*(V*)(x + at + width), *(V*)(y + at + width), odd);
            }
            if (i < rows)
            {
                var at = (long)i * width + j;
                even = L.MultiplyAdd(*(V*)(x + at), *(V*)(y + at), even);
            }
            *(V*)(total + j) = L.Add(*(V*)(total + j), L.Add(even, odd));
        }
    }

    public override void AddPairDots(T* x, T* y, T* target, int rows, int width)
    {
        var four = stackalloc T[4];
        for (var first = 0; first < rows; first += 4)
        {
            var count = Math.Min(4, rows - first);
            // Where fewer are left, the last one again.
            nint second = count > 1 ? width : 0;
            nint third = count > 2 ? 2 * width : second;
            nint fourth = count > 3 ? 3 * width : third;
            V sum0 = default,
                sum1 = default,
                sum2 = default,
                sum3 = default;
            for (var j = 0; j < width; j += L.Count)
            {
                sum0 = L.MultiplyAdd(*(V*)(x + j), *(V*)(y + j), sum0);
                sum1 = L.MultiplyAdd(*(V*)(x + second + j), *(V*)(y + second + j), sum1);
                sum2 = L.MultiplyAdd(*(V*)(x + third + j), *(V*)(y + third + j), sum2);
                sum3 = L.MultiplyAdd(*(V*)(x + fourth + j), *(V*)(y + fourth + j), sum3);
            }
            L.StoreSums(sum0, sum1, sum2, sum3, T.One, T.Zero, four);
            for (var i = 0; i < count; i++)
            {
                target[first + i] += four[i];
            }
            x += 4 * width;
            y += 4 * width;
        }
    }
}
