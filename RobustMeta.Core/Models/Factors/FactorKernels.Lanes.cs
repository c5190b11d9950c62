using System.Runtime.CompilerServices;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Factors;

/// <summary>The inner loops for one width of vectors.</summary>
internal sealed unsafe class FactorKernels<L, V> : FactorKernels
    where L : struct, ILanes<V, double>
    where V : unmanaged
{
    public override int Lanes => L.Count;

    public override void Weigh(
        ReadOnlySpan<double> weights,
        double* rows,
        int stride,
        ReadOnlySpan<int> chosen,
        double* target
    )
    {
        for (var column = 0; column < Block; column += 4 * L.Count)
        {
            var start = rows + column;
            V sum0 = default,
                sum1 = default,
                sum2 = default,
                sum3 = default;
            for (var i = 0; i < chosen.Length; i++)
            {
                var row = start + (nint)chosen[i] * stride;
                var weight = L.Broadcast(weights[i]);
                sum0 = L.MultiplyAdd(weight, *(V*)row, sum0);
                sum1 = L.MultiplyAdd(weight, *(V*)(row + L.Count), sum1);
                sum2 = L.MultiplyAdd(weight, *(V*)(row + 2 * L.Count), sum2);
                sum3 = L.MultiplyAdd(weight, *(V*)(row + 3 * L.Count), sum3);
            }
            var into = target + column;
            (*(V*)into, *(V*)(into + L.Count)) = (sum0, sum1);
            (*(V*)(into + 2 * L.Count), *(V*)(into + 3 * L.Count)) = (sum2, sum3);
        }
    }

    public override void AddDots(
        double* rows,
        int stride,
        ReadOnlySpan<int> chosen,
        double* x,
        double* y,
        Span<double> sums
    )
    {
        for (var column = 0; column < Block; column += 4 * L.Count)
        {
            AddDotsOfFour(rows + column, stride, chosen, x + column, y + column, sums);
        }
    }

    // Over four vectors of columns, whose factors stay in registers.
    private static void AddDotsOfFour(
        double* rows,
        int stride,
        ReadOnlySpan<int> chosen,
        double* x,
        double* y,
        Span<double> sums
    )
    {
        var four = stackalloc double[4];
        var factor0 = L.Multiply(*(V*)x, *(V*)y);
        var factor1 = L.Multiply(*(V*)(x + L.Count), *(V*)(y + L.Count));
        var factor2 = L.Multiply(*(V*)(x + 2 * L.Count), *(V*)(y + 2 * L.Count));
        var factor3 = L.Multiply(*(V*)(x + 3 * L.Count), *(V*)(y + 3 * L.Count));
        for (var first = 0; first < chosen.Length; first += 4)
        {
            // Where fewer are left, the last one again: the order of a row's sum must not depend on its neighbours.
            var last = chosen.Length - 1;
            var sum0 = Sum(rows + (nint)chosen[first] * stride, factor0, factor1, factor2, factor3);
            var sum1 = Sum(rows + (nint)chosen[Math.Min(first + 1, last)] * stride, factor0, factor1, factor2, factor3);
            var sum2 = Sum(rows + (nint)chosen[Math.Min(first + 2, last)] * stride, factor0, factor1, factor2, factor3);
            var sum3 = Sum(rows + (nint)chosen[Math.Min(first + 3, last)] * stride, factor0, factor1, factor2, factor3);
            L.StoreSums(sum0, sum1, sum2, sum3, 1, 0, four);
            for (var i = first; i < Math.Min(first + 4, chosen.Length); i++)
            {
                sums[i] += four[i - first];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sum(double* row, V factor0, V factor1, V factor2, V factor3)
    {
        var even = L.MultiplyAdd(*(V*)(row + 2 * L.Count), factor2, L.Multiply(*(V*)row, factor0));
        var odd = L.Multiply(*(V*)(row + L.Count), factor1);
        return L.Add(even, L.MultiplyAdd(*(V*)(row + 3 * L.Count), factor3, odd));
    }

    public override void Sweep(double* diagonal, double* below, int order, double* scratch)
    {
        var column = scratch;
        var scaled = scratch + (nint)order * L.Count;
        for (var pivot = 0; pivot < order; pivot++)
        {
            var own = diagonal + pivot * L.Count;
            for (var lane = 0; lane < L.Count; lane++)
            {
                own[lane] = -1 / own[lane];
            }
            TakeColumn(*(V*)own, below, order, pivot, column, scaled);
            var into = below;
            for (var j = 0; j < order; j++)
            {
                var length = order - 1 - j;
                if (j != pivot)
                {
                    var factor = *(V*)(scaled + j * L.Count);
                    var on = (V*)(diagonal + j * L.Count);
                    *on = L.MultiplyAdd(factor, *(V*)(column + j * L.Count), *on);
                    AddScaled(factor, column + (j + 1) * L.Count, into, length);
                }
                into += (nint)length * L.Count;
            }
            PutColumn(below, order, pivot, scaled);
        }
    }

    // The pivot's column, 0 at the pivot itself, and the same times a factor.
    private static void TakeColumn(V factor, double* below, int order, int pivot, double* column, double* scaled)
    {
        for (var i = 0; i < order; i++)
        {
            var value = i == pivot ? default : *(V*)(below + Place(order, i, pivot));
            *(V*)(column + i * L.Count) = value;
            *(V*)(scaled + i * L.Count) = L.Multiply(factor, value);
        }
    }

    // The column of the swept matrix: what was taken over the pivot; `scaled` is that with the other sign.
    private static void PutColumn(double* below, int order, int pivot, double* scaled)
    {
        var minus = L.Broadcast(-1);
        for (var i = 0; i < order; i++)
        {
            if (i != pivot)
            {
                *(V*)(below + Place(order, i, pivot)) = L.Multiply(minus, *(V*)(scaled + i * L.Count));
            }
        }
    }

    private static nint Place(int order, int i, int j) =>
        (nint)(PackedSymmetric.Place(order, Math.Max(i, j), Math.Min(i, j)) - order) * L.Count;

    private static void AddScaled(V factor, double* x, double* y, int count)
    {
        for (var end = x + (nint)count * L.Count; x < end; x += L.Count)
        {
            *(V*)y = L.MultiplyAdd(factor, *(V*)x, *(V*)y);
            y += L.Count;
        }
    }

    public override void NegatedProduct(double* diagonal, double* below, double* x, double* y, int order)
    {
        var minus = L.Broadcast(-1);
        for (var i = 0; i < order; i++)
        {
            var at = i * L.Count;
            *(V*)(y + at) = L.Multiply(*(V*)(diagonal + at), L.Multiply(minus, *(V*)(x + at)));
        }
        for (var j = 0; j < order; j++)
        {
            var ofColumn = L.Multiply(minus, *(V*)(x + j * L.Count));
            V sum = default;
            for (var i = j + 1; i < order; i++)
            {
                var (value, at) = (*(V*)below, i * L.Count);
                *(V*)(y + at) = L.MultiplyAdd(value, ofColumn, *(V*)(y + at));
                sum = L.MultiplyAdd(value, *(V*)(x + at), sum);
                below += L.Count;
            }
            *(V*)(y + j * L.Count) = L.MultiplyAdd(minus, sum, *(V*)(y + j * L.Count));
        }
    }

    public override void SquareMinus(double* diagonal, double* below, double* x, int order)
    {
        var minus = L.Broadcast(-1);
        for (var j = 0; j < order; j++)
        {
            var value = *(V*)(x + j * L.Count);
            var on = (V*)(diagonal + j * L.Count);
            *on = L.MultiplyAdd(value, value, L.Multiply(minus, *on));
            for (var i = j + 1; i < order; i++)
            {
                *(V*)below = L.MultiplyAdd(value, *(V*)(x + i * L.Count), L.Multiply(minus, *(V*)below));
                below += L.Count;
            }
        }
    }

    public override void AddLaneDots(double factor, double* x, double* y, int count, double* sums)
    {
        V sum = default;
        for (var k = 0; k < count * L.Count; k += L.Count)
        {
            sum = L.MultiplyAdd(*(V*)(x + k), *(V*)(y + k), sum);
        }
        *(V*)sums = L.MultiplyAdd(L.Broadcast(factor), sum, *(V*)sums);
    }
}
