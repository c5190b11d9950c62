using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Runtime.Vectors;

/// <summary>8 numbers of type double.</summary>
internal readonly struct Lanes512Double : ILanes<Vector512<double>, double>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    public static bool HasManyRegisters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> a, Vector512<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> a, Vector512<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WherePositive(
        Vector512<double> x,
        Vector512<double> positive,
        Vector512<double> other
    ) => Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<double>.Zero), positive, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(
        Vector512<double> first,
        Vector512<double> second,
        Vector512<double> third,
        Vector512<double> fourth,
        double scale,
        double shift,
        double* target
    )
    {
        Lanes256Double.StoreSums(
            first.GetLower() + first.GetUpper(),
            second.GetLower() + second.GetUpper(),
            third.GetLower() + third.GetUpper(),
            fourth.GetLower() + fourth.GetUpper(),
            scale,
            shift,
            target
        );
    }
}
