namespace RobustMeta.Engine.Fused.Vectors;

/// <content>Kernels over the columns of small matrices whose rows have no padding: those between a user's queries and supports.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
    public override void ScaleColumns(T* x, T* r, T* target, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            var j = 0;
            for (; j + L.Count <= columns; j += L.Count)
            {
                *(V*)(target + j) = L.Multiply(*(V*)(r + j), *(V*)(x + j));
            }
            if (j < columns && columns >= L.Count)
            {
                // The last vector overlaps the one before: the same numbers once more.
                j = columns - L.Count;
                *(V*)(target + j) = L.Multiply(*(V*)(r + j), *(V*)(x + j));
                j = columns;
            }
            for (; j < columns; j++)
            {
                target[j] = r[j] * x[j];
            }
            x += columns;
            target += columns;
        }
    }

    public override void DotColumns(T* x, T* y, T alpha, T* r, T* target, T* sums, int rows, int columns)
    {
        var j = 0;
        for (; j + L.Count <= columns; j += L.Count)
        {
            var sum = DotVector(x + j, y + j, alpha, r + j, target + j, rows, columns);
            if (sums is not null)
            {
                *(V*)(sums + j) = L.Add(*(V*)(sums + j), sum);
            }
        }
        if (j < columns && columns >= L.Count)
        {
            // The last vector overlaps the one before, whose sums are there already.
            var from = columns - L.Count;
            var own = stackalloc T[L.Count];
            *(V*)own = DotVector(x + from, y + from, alpha, r + from, target + from, rows, columns);
            for (; j < columns; j++)
            {
                if (sums is not null)
                {
                    sums[j] += own[j - from];
                }
            }
        }
        for (; j < columns; j++)
        {
            var sum = T.Zero;
            for (var i = j; i < rows * columns; i += columns)
            {
                sum += x[i] * y[i];
                target[i] = alpha * r[j] * y[i];
            }
            if (sums is not null)
            {
                sums[j] += sum;
            }
        }
    }

    // One vector of columns of the above; returns its sums.
    private static V DotVector(T* x, T* y, T alpha, T* r, T* target, int rows, int columns)
    {
        V sum = default;
        var factor = L.Multiply(L.Broadcast(alpha), *(V*)r);
        for (var i = 0; i < rows; i++)
        {
            var value = *(V*)y;
            sum = L.MultiplyAdd(*(V*)x, value, sum);
            *(V*)target = L.Multiply(factor, value);
            x += columns;
            y += columns;
            target += columns;
        }
        return sum;
    }
}
