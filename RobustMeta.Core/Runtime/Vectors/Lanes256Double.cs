using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Runtime.Vectors;

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
        if (!Avx.IsSupported)
        {
            Lanes128Double.StoreSums(
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
        var even = Avx.HorizontalAdd(first, second);
        var odd = Avx.HorizontalAdd(third, fourth);
        var sums = Avx.Permute2x128(even, odd, 0x20) + Avx.Permute2x128(even, odd, 0x31);
        ((sums + Vector256.Create(shift)) * scale).Store(target);
    }
}
