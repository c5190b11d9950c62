using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Runtime.Vectors;

/// <summary>4 numbers of type float.</summary>
internal readonly struct Lanes128Single : ILanes<Vector128<float>, float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    // Without the instruction, a fused multiply-add in software would be a hundred times slower than two roundings.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> WherePositive(
        Vector128<float> x,
        Vector128<float> positive,
        Vector128<float> other
    ) => Vector128.ConditionalSelect(Vector128.GreaterThan(x, Vector128<float>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector128<float> first,
        Vector128<float> second,
        Vector128<float> third,
        Vector128<float> fourth,
        float scale,
        float shift,
        float* target
    )
    {
        target[0] = scale * (Sum(first) + shift);
        target[1] = scale * (Sum(second) + shift);
        target[2] = scale * (Sum(third) + shift);
        target[3] = scale * (Sum(fourth) + shift);
    }
}
