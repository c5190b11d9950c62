using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Runtime.Vectors;

/// <summary>16 numbers of type float.</summary>
internal readonly struct Lanes512Single : ILanes<Vector512<float>, float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    public static bool HasManyRegisters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> WherePositive(
        Vector512<float> x,
        Vector512<float> positive,
        Vector512<float> other
    ) => Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector512<float> first,
        Vector512<float> second,
        Vector512<float> third,
        Vector512<float> fourth,
        float scale,
        float shift,
        float* target
    )
    {
        if (!Avx512F.IsSupported)
        {
            Lanes256Single.StoreSums(
                first.GetLower() + first.GetUpper(),
                second.GetLower() + second.GetUpper(),
                third.GetLower() + third.GetUpper(),
                fourth.GetLower() + fourth.GetUpper(),
                scale,
                shift,
                target
            );
            return;
        }
        // The four sums as a tree: after two rounds each group of four lanes holds a part of all of them.
        var even = Avx512F.UnpackLow(first, second) + Avx512F.UnpackHigh(first, second);
        var odd = Avx512F.UnpackLow(third, fourth) + Avx512F.UnpackHigh(third, fourth);
        var parts = Avx512F.Shuffle(even, odd, 0b01_00_01_00) + Avx512F.Shuffle(even, odd, 0b11_10_11_10);
        var half = parts.GetLower() + parts.GetUpper();
        var sums = half.GetLower() + half.GetUpper();
        ((sums + Vector128.Create(shift)) * scale).Store(target);
    }
}
