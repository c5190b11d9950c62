using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// A vector of numbers that one instruction works on. The kernels are written once against this interface; the run-time
/// compiler makes a copy for each implementing structure and inlines it, so that nothing of the interface is left.
/// </summary>
internal unsafe interface ILanes<TVector, T>
    where TVector : struct
    where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are registers for a tile of 8 × 2 vectors; otherwise 4 × 2.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract TVector Load(T* from);

    static abstract void Store(TVector value, T* to);

    /// <summary>The same number in all lanes.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>a·b + c with one rounding where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>where x &gt; 0 then positive else other, lane by lane.</summary>
    static abstract TVector WherePositive(TVector x, TVector positive, TVector other);

    static abstract T Sum(TVector value);
}

/// <summary>16 floats or 8 doubles.</summary>
internal readonly unsafe struct Lanes512<T> : ILanes<Vector512<T>, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Count => Vector512<T>.Count;

    public static bool HasManyRegisters => true;

    public static Vector512<T> Load(T* from) => Vector512.Load(from);

    public static void Store(Vector512<T> value, T* to) => value.Store(to);

    public static Vector512<T> Broadcast(T value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> c) =>
        typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    public static Vector512<T> Multiply(Vector512<T> a, Vector512<T> b) => a * b;

    public static Vector512<T> Add(Vector512<T> a, Vector512<T> b) => a + b;

    public static Vector512<T> WherePositive(Vector512<T> x, Vector512<T> positive, Vector512<T> other) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<T>.Zero), positive, other);

    public static T Sum(Vector512<T> value) => Vector512.Sum(value);
}

/// <summary>8 floats or 4 doubles.</summary>
internal readonly unsafe struct Lanes256<T> : ILanes<Vector256<T>, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Count => Vector256<T>.Count;

    public static bool HasManyRegisters => false;

    public static Vector256<T> Load(T* from) => Vector256.Load(from);

    public static void Store(Vector256<T> value, T* to) => value.Store(to);

    public static Vector256<T> Broadcast(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) =>
        typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    public static Vector256<T> Multiply(Vector256<T> a, Vector256<T> b) => a * b;

    public static Vector256<T> Add(Vector256<T> a, Vector256<T> b) => a + b;

    public static Vector256<T> WherePositive(Vector256<T> x, Vector256<T> positive, Vector256<T> other) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<T>.Zero), positive, other);

    public static T Sum(Vector256<T> value) => Vector256.Sum(value);
}

/// <summary>4 floats or 2 doubles: every x64 and Arm64 processor.</summary>
internal readonly unsafe struct Lanes128<T> : ILanes<Vector128<T>, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Count => Vector128<T>.Count;

    public static bool HasManyRegisters => false;

    public static Vector128<T> Load(T* from) => Vector128.Load(from);

    public static void Store(Vector128<T> value, T* to) => value.Store(to);

    public static Vector128<T> Broadcast(T value) => Vector128.Create(value);

    // Without the instruction, a fused multiply-add in software would be a hundred times slower than two roundings.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) =>
        typeof(T) == typeof(float)
            ? Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    public static Vector128<T> Multiply(Vector128<T> a, Vector128<T> b) => a * b;

    public static Vector128<T> Add(Vector128<T> a, Vector128<T> b) => a + b;

    public static Vector128<T> WherePositive(Vector128<T> x, Vector128<T> positive, Vector128<T> other) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(x, Vector128<T>.Zero), positive, other);

    public static T Sum(Vector128<T> value) => Vector128.Sum(value);
}

/// <summary>One number: the plainest reading of every kernel, and the fallback where vectors are not accelerated.</summary>
internal readonly unsafe struct Lanes1<T> : ILanes<Scalar1<T>, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Count => 1;

    public static bool HasManyRegisters => false;

    public static Scalar1<T> Load(T* from) => new(*from);

    public static void Store(Scalar1<T> value, T* to) => *to = value.Value;

    public static Scalar1<T> Broadcast(T value) => new(value);

    public static Scalar1<T> MultiplyAdd(Scalar1<T> a, Scalar1<T> b, Scalar1<T> c) => new(a.Value * b.Value + c.Value);

    public static Scalar1<T> Multiply(Scalar1<T> a, Scalar1<T> b) => new(a.Value * b.Value);

    public static Scalar1<T> Add(Scalar1<T> a, Scalar1<T> b) => new(a.Value + b.Value);

    public static Scalar1<T> WherePositive(Scalar1<T> x, Scalar1<T> positive, Scalar1<T> other) =>
        x.Value > T.Zero ? positive : other;

    public static T Sum(Scalar1<T> value) => value.Value;
}

/// <summary>A vector of one number.</summary>
internal readonly record struct Scalar1<T>(T Value);
