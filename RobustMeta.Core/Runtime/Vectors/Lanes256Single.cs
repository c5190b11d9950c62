using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Runtime.Vectors;

/// <summary>8 numbers of type float.</summary>
internal readonly struct Lanes256Single : ILanes<Vector256<float>, float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> WherePositive(
        Vector256<float> x,
        Vector256<float> positive,
        Vector256<float> other
    ) => Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Vector256.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector256<float> first,
        Vector256<float> second,
        Vector256<float> third,
        Vector256<float> fourth,
        float scale,
        float shift,
        float* target
    )
    {
        Vector128<float> sums;
        if (Avx.IsSupported)
        {
            var pairs = Avx.HorizontalAdd(Avx.HorizontalAdd(first, second), Avx.HorizontalAdd(third, fourth));
            sums = pairs.GetLower() + pairs.GetUpper();
        }
        else
        {
            sums = Vector128.Create(Sum(first), Sum(second), Sum(third), Sum(fourth));
        }
        ((sums + Vector128.Create(shift)) * scale).Store(target);
    }
}
