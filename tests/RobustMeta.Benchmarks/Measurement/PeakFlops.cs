using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>
/// What one core can do at most: fused multiply-adds on registers alone, at the width that .NET uses. Twelve chains hide
/// the latency of up to six cycles on two units; they converge to one, so no number grows or becomes denormal.
/// </summary>
internal static class PeakFlops
{
    private const int Chains = 12;
    private const int Iterations = 400_000;

    /// <summary>GFLOP/s, the best of several short tries; two operations a multiply-add and lane.</summary>
    public static double Measure(int tries = 20) =>
        Enumerable
            .Range(0, tries)
            .Max(_ =>
                Vector512.IsHardwareAccelerated ? Once<Wide512, Vector512<float>>(Vector512<float>.Count)
                : Vector256.IsHardwareAccelerated ? Once<Wide256, Vector256<float>>(Vector256<float>.Count)
                : Once<Wide128, Vector128<float>>(Vector128<float>.Count)
            );

    private static double Once<TOperations, TVector>(int lanes)
        where TOperations : IOperations<TVector>
        where TVector : struct
    {
        var clock = Stopwatch.StartNew();
        var result = Chain<TOperations, TVector>(Iterations);
        var seconds = clock.Elapsed.TotalSeconds;
        return float.IsFinite(result)
            ? 2.0 * Chains * lanes * Iterations / seconds / 1e9
            : throw new InvalidOperationException("The multiply-add chains diverged.");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain<TOperations, TVector>(int iterations)
        where TOperations : IOperations<TVector>
        where TVector : struct
    {
        var shrink = TOperations.Fill(0.9999f);
        var add = TOperations.Fill(0.0001f);
        TVector a = shrink,
            b = shrink,
            c = shrink,
            d = shrink,
            e = shrink,
            f = shrink;
        TVector g = shrink,
            h = shrink,
            i = shrink,
            j = shrink,
            k = shrink,
            l = shrink;
        for (var n = 0; n < iterations; n++)
        {
            a = TOperations.MultiplyAdd(a, shrink, add);
            b = TOperations.MultiplyAdd(b, shrink, add);
            c = TOperations.MultiplyAdd(c, shrink, add);
            d = TOperations.MultiplyAdd(d, shrink, add);
            e = TOperations.MultiplyAdd(e, shrink, add);
            f = TOperations.MultiplyAdd(f, shrink, add);
            g = TOperations.MultiplyAdd(g, shrink, add);
            h = TOperations.MultiplyAdd(h, shrink, add);
            i = TOperations.MultiplyAdd(i, shrink, add);
            j = TOperations.MultiplyAdd(j, shrink, add);
            k = TOperations.MultiplyAdd(k, shrink, add);
            l = TOperations.MultiplyAdd(l, shrink, add);
        }
        return TOperations.Sum(a)
            + TOperations.Sum(b)
            + TOperations.Sum(c)
            + TOperations.Sum(d)
            + TOperations.Sum(e)
            + TOperations.Sum(f)
            + TOperations.Sum(g)
            + TOperations.Sum(h)
            + TOperations.Sum(i)
            + TOperations.Sum(j)
            + TOperations.Sum(k)
            + TOperations.Sum(l);
    }

    // Static members of structures: the compiler makes one loop for each width, without any call in it.
    private interface IOperations<TVector>
    {
        static abstract TVector Fill(float value);
        static abstract TVector MultiplyAdd(TVector x, TVector factor, TVector addend);
        static abstract float Sum(TVector x);
    }

    private readonly struct Wide512 : IOperations<Vector512<float>>
    {
        public static Vector512<float> Fill(float value) => Vector512.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> MultiplyAdd(
            Vector512<float> x,
            Vector512<float> factor,
            Vector512<float> addend
        ) => Vector512.FusedMultiplyAdd(x, factor, addend);

        public static float Sum(Vector512<float> x) => Vector512.Sum(x);
    }

    private readonly struct Wide256 : IOperations<Vector256<float>>
    {
        public static Vector256<float> Fill(float value) => Vector256.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> MultiplyAdd(
            Vector256<float> x,
            Vector256<float> factor,
            Vector256<float> addend
        ) => Vector256.FusedMultiplyAdd(x, factor, addend);

        public static float Sum(Vector256<float> x) => Vector256.Sum(x);
    }

    private readonly struct Wide128 : IOperations<Vector128<float>>
    {
        public static Vector128<float> Fill(float value) => Vector128.Create(value);

        // As the engine does: without the instruction, a fused multiply-add would be done in software.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> MultiplyAdd(
            Vector128<float> x,
            Vector128<float> factor,
            Vector128<float> addend
        ) => Vector128.MultiplyAddEstimate(x, factor, addend);

        public static float Sum(Vector128<float> x) => Vector128.Sum(x);
    }
}
