using System.Diagnostics;
using System.Globalization;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>
/// What two threads can gain at most on this machine: how much faster two cores multiply than one, and how long a number takes from one to
/// the other. Virtual processors may be siblings of one core, or cores without a common cache.
/// </summary>
internal static class CorePair
{
    private const int Hops = 100_000;

    /// <summary>All of it, for reports.</summary>
    public static string[][] Facts()
    {
        return
        [
            ["multiply-adds of two cores : one", Text(Arithmetic(), 2)],
            ["a number to the other core and back, ns", Text(RoundTrip(), 0)],
        ];

        static string Text(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>Multiply-adds on registers alone: those of two threads together by those of one.</summary>
    public static double Arithmetic()
    {
        var one = PeakFlops.Measure();
        var two = new double[2];
        Both(side => two[side] = PeakFlops.Measure());
        return (two[0] + two[1]) / one;
    }

    /// <summary>Nanoseconds until a number that one core writes is seen by the other, and back.</summary>
    public static double RoundTrip()
    {
        var number = new long[32];
        var clock = Stopwatch.StartNew();
        Both(side =>
        {
            for (var hop = 0; hop < Hops; hop++)
            {
                while (Volatile.Read(ref number[16]) != 2 * hop + side) { }
                Volatile.Write(ref number[16], 2 * hop + side + 1);
            }
        });
        return clock.Elapsed.TotalNanoseconds / Hops;
    }

    private static void Both(Action<int> work)
    {
        var other = new Thread(() => work(1));
        other.Start();
        work(0);
        other.Join();
    }
}
