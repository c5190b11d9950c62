using System.Numerics;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Vectors;

/// <summary>The arithmetic for one width of vectors; matrix products are in <see cref="MatrixProducts{L, V, T}"/>.</summary>
internal sealed unsafe partial class Arithmetic<L, V, T> : Arithmetic<T>
    where L : struct, ILanes<V, T>
    where V : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public override int Lanes => L.Count;

    public override void Gemm(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, bool accumulate) =>
        MatrixProducts<L, V, T>.Gemm(a, b, c, accumulate);

    public override void Gram(in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, T alpha, T shift) =>
        MatrixProducts<L, V, T>.Gram(a, b, c, alpha, shift);

    public override T Dot(T* x, T* y, int n) => MatrixProducts<L, V, T>.Dot(x, y, n);

    public override void Scale(T alpha, T* x, T* y, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(scale, *(V*)(x + i));
        }
    }

    public override void AddScaled(T alpha, T* x, T* y, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.MultiplyAdd(scale, *(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void Add(T* x, T* y, T* z, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(z + i) = L.Add(*(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void Multiply(T* x, T* y, int n)
    {
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(*(V*)(x + i), *(V*)(y + i));
        }
    }

    public override void MultiplyStep(T* sign, T leak, T* y, int n)
    {
        var below = L.Broadcast(leak);
        var above = L.Broadcast(T.One);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(y + i) = L.Multiply(L.WherePositive(*(V*)(sign + i), above, below), *(V*)(y + i));
        }
    }

    public override void AddProduct(T alpha, T* x, T* y, T* z, int n)
    {
        var scale = L.Broadcast(alpha);
        for (var i = 0; i < n; i += L.Count)
        {
            *(V*)(z + i) = L.MultiplyAdd(L.Multiply(scale, *(V*)(x + i)), *(V*)(y + i), *(V*)(z + i));
        }
    }
}
