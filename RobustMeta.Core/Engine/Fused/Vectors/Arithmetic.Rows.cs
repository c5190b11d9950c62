namespace RobustMeta.Engine.Fused.Vectors;

/// <content>Kernels over the rows of a block: outer products, sums over rows, and a number for each row.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
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

    public override void TwoOuterProducts(T alpha, T* r, T* w, T* s, T* v, T* p, T* result, int rows, int width)
    {
        for (var i = 0; i < rows; i++)
        {
            var first = L.Broadcast(alpha * r[i]);
            var second = L.Broadcast(s[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                var sum = L.MultiplyAdd(second, *(V*)(v + j), L.Multiply(first, *(V*)(w + j)));
                *(V*)(result + j) = L.Multiply(sum, *(V*)(p + j));
            }
            p += width;
            result += width;
        }
    }

    public override void Outer(T* r, T alpha, T* w, T* result, int rows, int width, bool accumulate)
    {
        for (var i = 0; i < rows; i++)
        {
            var scale = L.Broadcast(r is null ? alpha : alpha * r[i]);
            for (var j = 0; j < width; j += L.Count)
            {
                var into = (V*)(result + j);
                *into = accumulate ? L.MultiplyAdd(scale, *(V*)(w + j), *into) : L.Multiply(scale, *(V*)(w + j));
            }
            result += width;
        }
    }

    public override void AddRows(T* r, T* x, T* total, int rows, int width)
    {
        var j = 0;
        for (; j + 4 * L.Count <= width; j += 4 * L.Count)
        {
            AddFour(r, x + j, total + j, rows, width);
        }
        for (; j < width; j += L.Count)
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

    // Four vectors of columns side by side: one sum alone waits for each addition before the next.
    private static void AddFour(T* r, T* x, T* total, int rows, int width)
    {
        var (sum0, sum1) = (*(V*)total, *(V*)(total + L.Count));
        var (sum2, sum3) = (*(V*)(total + 2 * L.Count), *(V*)(total + 3 * L.Count));
        for (var i = 0; i < rows; i++)
        {
            if (r is null)
            {
                sum0 = L.Add(sum0, *(V*)x);
                sum1 = L.Add(sum1, *(V*)(x + L.Count));
                sum2 = L.Add(sum2, *(V*)(x + 2 * L.Count));
                sum3 = L.Add(sum3, *(V*)(x + 3 * L.Count));
            }
            else
            {
                var factor = L.Broadcast(r[i]);
                sum0 = L.MultiplyAdd(factor, *(V*)x, sum0);
                sum1 = L.MultiplyAdd(factor, *(V*)(x + L.Count), sum1);
                sum2 = L.MultiplyAdd(factor, *(V*)(x + 2 * L.Count), sum2);
                sum3 = L.MultiplyAdd(factor, *(V*)(x + 3 * L.Count), sum3);
            }
            x += width;
        }
        (*(V*)total, *(V*)(total + L.Count)) = (sum0, sum1);
        (*(V*)(total + 2 * L.Count), *(V*)(total + 3 * L.Count)) = (sum2, sum3);
    }

    public override void AddChosen(T* r, T* x, ReadOnlySpan<int> chosen, T* total, int width)
    {
        var j = 0;
        for (; j + 2 * L.Count <= width; j += 2 * L.Count)
        {
            var (left, right) = (*(V*)(total + j), *(V*)(total + j + L.Count));
            for (var i = 0; i < chosen.Length; i++)
            {
                var row = x + (long)chosen[i] * width + j;
                var factor = L.Broadcast(r[i]);
                left = L.MultiplyAdd(factor, *(V*)row, left);
                right = L.MultiplyAdd(factor, *(V*)(row + L.Count), right);
            }
            (*(V*)(total + j), *(V*)(total + j + L.Count)) = (left, right);
        }
        if (j < width)
        {
            var sum = *(V*)(total + j);
            for (var i = 0; i < chosen.Length; i++)
            {
                sum = L.MultiplyAdd(L.Broadcast(r[i]), *(V*)(x + (long)chosen[i] * width + j), sum);
            }
            *(V*)(total + j) = sum;
        }
    }

    public override void SumRows(T* x, ReadOnlySpan<int> chosen, T* total, int width, bool accumulate)
    {
        var j = 0;
        for (; j + 4 * L.Count <= width; j += 4 * L.Count)
        {
            SumFour(x + j, chosen, total + j, width, accumulate);
        }
        for (; j < width; j += L.Count)
        {
            var sum = accumulate ? *(V*)(total + j) : default;
            foreach (var row in chosen)
            {
                sum = L.Add(sum, *(V*)(x + (long)row * width + j));
            }
            *(V*)(total + j) = sum;
        }
    }

    // Four vectors of columns side by side.
    private static void SumFour(T* x, ReadOnlySpan<int> chosen, T* total, int width, bool accumulate)
    {
        V sum0 = default,
            sum1 = default,
            sum2 = default,
            sum3 = default;
        if (accumulate)
        {
            (sum0, sum1) = (*(V*)total, *(V*)(total + L.Count));
            (sum2, sum3) = (*(V*)(total + 2 * L.Count), *(V*)(total + 3 * L.Count));
        }
        foreach (var row in chosen)
        {
            var of = x + (long)row * width;
            sum0 = L.Add(sum0, *(V*)of);
            sum1 = L.Add(sum1, *(V*)(of + L.Count));
            sum2 = L.Add(sum2, *(V*)(of + 2 * L.Count));
            sum3 = L.Add(sum3, *(V*)(of + 3 * L.Count));
        }
        (*(V*)total, *(V*)(total + L.Count)) = (sum0, sum1);
        (*(V*)(total + 2 * L.Count), *(V*)(total + 3 * L.Count)) = (sum2, sum3);
    }

    public override void RowDots(T* x, T* w, T alpha, T shift, T* target, int rows, int width, bool accumulate)
    {
        var four = stackalloc T[4];
        for (var first = 0; first < rows; first += 4)
        {
            var count = Math.Min(4, rows - first);
            // Where fewer are left, the last one again: the order of a row's sum must not depend on its neighbours.
            var x0 = x + (long)first * width;
            var x1 = count > 1 ? x0 + width : x0;
            var x2 = count > 2 ? x1 + width : x1;
            var x3 = count > 3 ? x2 + width : x2;
            V sum0 = default,
                sum1 = default,
                sum2 = default,
                sum3 = default;
            for (var j = 0; j < width; j += L.Count)
            {
                var factor = *(V*)(w + j);
                sum0 = L.MultiplyAdd(*(V*)(x0 + j), factor, sum0);
                sum1 = L.MultiplyAdd(*(V*)(x1 + j), factor, sum1);
                sum2 = L.MultiplyAdd(*(V*)(x2 + j), factor, sum2);
                sum3 = L.MultiplyAdd(*(V*)(x3 + j), factor, sum3);
            }
            if (count == 4 && !accumulate)
            {
                L.StoreSums(sum0, sum1, sum2, sum3, alpha, shift, target + first);
                continue;
            }
            L.StoreSums(sum0, sum1, sum2, sum3, alpha, shift, four);
            for (var i = 0; i < count; i++)
            {
                target[first + i] = accumulate ? target[first + i] + four[i] : four[i];
            }
        }
    }
}
