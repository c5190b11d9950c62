using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// What is done with rows of tables. They have the width that the user chose and no padding, so that the last numbers go one by one.
/// </summary>
internal static unsafe class TableRow<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows ahead that are prefetched: tables and their gradients do not fit the nearer caches, and rows come in no order.</summary>
    public const int Ahead = 16;

    private const int Line = 64;

    /// <summary>Asks for n numbers to be brought to the nearest cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(T* row, int n)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < n; i += Line / sizeof(T))
            {
                Sse.Prefetch0(row + i);
            }
        }
    }

    // Vector<T> has 256 bits at most, unless the runtime is told otherwise.
    private static bool IsWide => Vector512.IsHardwareAccelerated && Vector512<T>.IsSupported;

    /// <summary>y = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(T* y, int n)
    {
        var i = 0;
        for (; IsWide && i + Vector512<T>.Count <= n; i += Vector512<T>.Count)
        {
            *(Vector512<T>*)(y + i) = Vector512<T>.Zero;
        }
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) = Vector<T>.Zero;
        }
        for (; i < n; i++)
        {
            y[i] = T.Zero;
        }
    }

    /// <summary>y = x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(T* x, T* y, int n)
    {
        var i = 0;
        for (; IsWide && i + Vector512<T>.Count <= n; i += Vector512<T>.Count)
        {
            *(Vector512<T>*)(y + i) = *(Vector512<T>*)(x + i);
        }
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) = *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] = x[i];
        }
    }

    /// <summary>y = scale · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(T scale, T* x, T* y, int n)
    {
        var factor = new Vector<T>(scale);
        var i = 0;
        for (; IsWide && i + Vector512<T>.Count <= n; i += Vector512<T>.Count)
        {
            *(Vector512<T>*)(y + i) = Vector512.Create(scale) * *(Vector512<T>*)(x + i);
        }
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) = factor * *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] = scale * x[i];
        }
    }

    /// <summary>y += x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(T* x, T* y, int n)
    {
        var i = 0;
        for (; IsWide && i + Vector512<T>.Count <= n; i += Vector512<T>.Count)
        {
            *(Vector512<T>*)(y + i) += *(Vector512<T>*)(x + i);
        }
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) += *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] += x[i];
        }
    }

    /// <summary>Σ x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot(T* x, T* y, int n)
    {
        var sums = Vector<T>.Zero;
        var i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            sums += *(Vector<T>*)(x + i) * *(Vector<T>*)(y + i);
        }
        var sum = Vector.Sum(sums);
        for (; i < n; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /// <summary>y += scale · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(T scale, T* x, T* y, int n)
    {
        var factor = new Vector<T>(scale);
        var i = 0;
        for (; IsWide && i + Vector512<T>.Count <= n; i += Vector512<T>.Count)
        {
            *(Vector512<T>*)(y + i) += Vector512.Create(scale) * *(Vector512<T>*)(x + i);
        }
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            *(Vector<T>*)(y + i) += factor * *(Vector<T>*)(x + i);
        }
        for (; i < n; i++)
        {
            y[i] += scale * x[i];
        }
    }
}
