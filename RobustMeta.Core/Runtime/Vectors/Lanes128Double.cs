using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Runtime.Vectors;

/// <summary>2 numbers of type double.</summary>
internal readonly struct Lanes128Double : ILanes<Vector128<double>, double>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    // Without the instruction, a fused multiply-add in software would be a hundred times slower than two roundings.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> a, Vector128<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> a, Vector128<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WherePositive(
        Vector128<double> x,
        Vector128<double> positive,
        Vector128<double> other
    ) => Vector128.ConditionalSelect(Vector128.GreaterThan(x, Vector128<double>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector128<double> value) => Vector128.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector128<double> first,
        Vector128<double> second,
        Vector128<double> third,
        Vector128<double> fourth,
        double scale,
        double shift,
        double* target
    )
    {
        target[0] = scale * (Sum(first) + shift);
        target[1] = scale * (Sum(second) + shift);
        target[2] = scale * (Sum(third) + shift);
        target[3] = scale * (Sum(fourth) + shift);
    }
}
