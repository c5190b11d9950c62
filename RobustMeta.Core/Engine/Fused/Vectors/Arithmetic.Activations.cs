using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Vectors;

/// <content>Activations with their derivatives, and transposition.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
    public override void Activate(Activation activation, T* x, T* bias, T* slope, T* curvature, int rows, int width)
    {
        var n = rows * width;
        if (activation is Activation.Relu or Activation.LeakyRelu)
        {
            Rectify(x, bias, slope, rows, width, Leak(activation));
            return;
        }
        if (bias is not null)
        {
            for (var i = 0; i < rows; i++)
            {
                Add(x + (long)i * width, bias, x + (long)i * width, width);
            }
        }
        switch (activation)
        {
            case Activation.Tanh:
                Tanh(x, slope, curvature, n);
                break;
            case Activation.Silu:
                Silu(x, slope, curvature, n);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private static void Rectify(T* x, T* bias, T* slope, int rows, int width, T leak)
    {
        var below = L.Broadcast(leak);
        var above = L.Broadcast(T.One);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < width; i += L.Count)
            {
                var value = bias is null ? *(V*)(x + i) : L.Add(*(V*)(x + i), *(V*)(bias + i));
                var factor = L.WherePositive(value, above, below);
                *(V*)(x + i) = L.Multiply(value, factor);
                if (slope is not null)
                {
                    *(V*)(slope + i) = factor;
                }
            }
            x += width;
            slope = slope is null ? null : slope + width;
        }
    }

    // φ′ = 1 − φ², φ″ = −2 φ φ′.
    private static void Tanh(T* x, T* slope, T* curvature, int n)
    {
        TensorPrimitives.Tanh(new ReadOnlySpan<T>(x, n), new Span<T>(x, n));
        var one = L.Broadcast(T.One);
        var minusOne = L.Broadcast(-T.One);
        var minusTwo = L.Broadcast(-(T.One + T.One));
        for (var i = 0; slope is not null && i < n; i += L.Count)
        {
            var value = *(V*)(x + i);
            var first = L.MultiplyAdd(L.Multiply(minusOne, value), value, one);
            *(V*)(slope + i) = first;
            if (curvature is not null)
            {
                *(V*)(curvature + i) = L.Multiply(L.Multiply(minusTwo, value), first);
            }
        }
    }

    // φ = zσ, φ′ = σ + φ(1 − σ), φ″ = σ(1 − σ)(2 + z(1 − 2σ)).
    private static void Silu(T* x, T* slope, T* curvature, int n)
    {
        var one = T.One;
        var two = one + one;
        for (var i = 0; i < n; i++)
        {
            var z = x[i];
            var sigma = LossKernel<T>.Sigmoid(z);
            var value = z * sigma;
            x[i] = value;
            if (slope is not null)
            {
                slope[i] = sigma + value * (one - sigma);
            }
            if (curvature is not null)
            {
                curvature[i] = sigma * (one - sigma) * (two + z * (one - two * sigma));
            }
        }
    }

    public override void Transpose(T* from, int ldFrom, T* to, int ldTo, int rows, int columns)
    {
        var fullRows = 0;
        var fullColumns = 0;
        if (typeof(T) == typeof(float) && Avx.IsSupported)
        {
            (fullRows, fullColumns) = (rows & ~7, columns & ~7);
            for (var i = 0; i < fullRows; i += 8)
            {
                for (var j = 0; j < fullColumns; j += 8)
                {
                    Transpose8x8((float*)from + (long)i * ldFrom + j, ldFrom, (float*)to + (long)j * ldTo + i, ldTo);
                }
            }
        }
        for (var i = 0; i < rows; i++)
        {
            for (var j = i < fullRows ? fullColumns : 0; j < columns; j++)
            {
                to[(long)j * ldTo + i] = from[(long)i * ldFrom + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* from, int ldFrom, float* to, int ldTo)
    {
        var (a0, a1) = Pairs(from, ldFrom, 0);
        var (a2, a3) = Pairs(from, ldFrom, 2);
        var (a4, a5) = Pairs(from, ldFrom, 4);
        var (a6, a7) = Pairs(from, ldFrom, 6);
        var b0 = Avx.Shuffle(a0, a2, 0x44);
        var b1 = Avx.Shuffle(a0, a2, 0xEE);
        var b2 = Avx.Shuffle(a1, a3, 0x44);
        var b3 = Avx.Shuffle(a1, a3, 0xEE);
        var b4 = Avx.Shuffle(a4, a6, 0x44);
        var b5 = Avx.Shuffle(a4, a6, 0xEE);
        var b6 = Avx.Shuffle(a5, a7, 0x44);
        var b7 = Avx.Shuffle(a5, a7, 0xEE);
        Avx.Permute2x128(b0, b4, 0x20).Store(to);
        Avx.Permute2x128(b1, b5, 0x20).Store(to + ldTo);
        Avx.Permute2x128(b2, b6, 0x20).Store(to + 2 * (long)ldTo);
        Avx.Permute2x128(b3, b7, 0x20).Store(to + 3 * (long)ldTo);
        Avx.Permute2x128(b0, b4, 0x31).Store(to + 4 * (long)ldTo);
        Avx.Permute2x128(b1, b5, 0x31).Store(to + 5 * (long)ldTo);
        Avx.Permute2x128(b2, b6, 0x31).Store(to + 6 * (long)ldTo);
        Avx.Permute2x128(b3, b7, 0x31).Store(to + 7 * (long)ldTo);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Pairs(float* from, int ld, int row)
    {
        var upper = Vector256.Load(from + (long)row * ld);
        var lower = Vector256.Load(from + (long)(row + 1) * ld);
        return (Avx.UnpackLow(upper, lower), Avx.UnpackHigh(upper, lower));
    }
}
