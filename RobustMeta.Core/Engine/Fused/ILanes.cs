using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// A vector of numbers that one instruction works on. The kernels are written once against this interface; the run-time
/// compiler makes a copy for each implementing structure and inlines it, so that nothing of the interface is left. Loads
/// and stores go through pointers to the vector type.
/// </summary>
internal interface ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are registers for a tile of 8 × 2 vectors; otherwise 6 × 2.</summary>
    static abstract bool HasManyRegisters { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>a·b + c with one rounding where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>where x &gt; 0 then positive else other, lane by lane.</summary>
    static abstract TVector WherePositive(TVector x, TVector positive, TVector other);

    static abstract T Sum(TVector value);

    /// <summary>target[i] = scale·(sum of vector i + shift), i = 0 … 3.</summary>
    static abstract unsafe void StoreSums(
        TVector first,
        TVector second,
        TVector third,
        TVector fourth,
        T scale,
        T shift,
        T* target
    );
}

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
        target[0] = scale * (Sum(first) + shift);
        target[1] = scale * (Sum(second) + shift);
        target[2] = scale * (Sum(third) + shift);
        target[3] = scale * (Sum(fourth) + shift);
    }
}

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
        target[0] = scale * (Sum(first) + shift);
        target[1] = scale * (Sum(second) + shift);
        target[2] = scale * (Sum(third) + shift);
        target[3] = scale * (Sum(fourth) + shift);
    }
}

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

/// <summary>One number: the plainest reading of every kernel, and the fallback where vectors are not accelerated.</summary>
internal readonly struct Lanes1<T> : ILanes<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Count => 1;

    public static bool HasManyRegisters => false;

    public static T Broadcast(T value) => value;

    public static T MultiplyAdd(T a, T b, T c) => a * b + c;

    public static T Multiply(T a, T b) => a * b;

    public static T Add(T a, T b) => a + b;

    public static T WherePositive(T x, T positive, T other) => x > T.Zero ? positive : other;

    public static T Sum(T value) => value;

    public static unsafe void StoreSums(T first, T second, T third, T fourth, T scale, T shift, T* target)
    {
        target[0] = scale * (first + shift);
        target[1] = scale * (second + shift);
        target[2] = scale * (third + shift);
        target[3] = scale * (fourth + shift);
    }
}
