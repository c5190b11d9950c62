using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Engine.Fused.Vectors;

/// <summary>4 numbers of type double.</summary>
internal readonly struct Lanes256Double : ILanes<Vector256<double>, double>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> a, Vector256<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WherePositive(
        Vector256<double> x,
        Vector256<double> positive,
        Vector256<double> other
    ) => Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<double>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> value) => Vector256.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector256<double> first,
        Vector256<double> second,
        Vector256<double> third,
        Vector256<double> fourth,
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
