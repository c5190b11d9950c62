using System.Numerics;

namespace RobustMeta.Runtime.Vectors;

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
