using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Baselines;

/// <summary>Work on tiles for one width of vectors.</summary>
internal sealed unsafe class TileKernels<L, V> : TileKernels
    where L : struct, ILanes<V, double>
    where V : unmanaged
{
    public override double Sweep(double* tile)
    {
        var pivots = stackalloc double[Size + 8];
        var row = (double*)(((nuint)pivots + 63) / 64 * 64);
        for (var k = 0; k < Size; k++)
        {
            var own = tile + k * Pitch;
            new Span<double>(own, Size).CopyTo(new(row, Size));
            if (!(row[k] > 0))
            {
                return row[k];
            }
            var scale = 1 / row[k];
            row[k] = 0;
            for (var i = 0; i < Size; i++)
            {
                var other = tile + i * Pitch;
                var factor = i == k ? 0 : other[k] * scale;
                var minus = L.Broadcast(-factor);
                for (var j = 0; j < Size && i != k; j += L.Count)
                {
                    *(V*)(other + j) = L.MultiplyAdd(minus, *(V*)(row + j), *(V*)(other + j));
                }
                other[k] = factor;
            }
            var times = L.Broadcast(scale);
            for (var j = 0; j < Size; j += L.Count)
            {
                *(V*)(own + j) = L.Multiply(times, *(V*)(row + j));
            }
            own[k] = -scale;
        }
        return double.NaN;
    }

    public override void Multiply(double* a, double* b, double* c, bool accumulate)
    {
        var left = new Matrix<double>(a, Size, Size, Pitch);
        MatrixProducts<L, V, double>.Gemm(
            accumulate ? left.Transposed : left,
            new(b, Size, Size, Pitch),
            new(c, Size, Size, Pitch),
            accumulate
        );
    }
}
