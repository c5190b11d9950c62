using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>
/// What two threads can gain at most on this machine: how much faster two cores multiply than one, and what it costs that one core reads
/// what the other has written. Virtual processors may be siblings of one core, or cores without a common cache.
/// </summary>
internal static class CorePair
{
    private const int Hops = 100_000;
    private const int Block = 64 * 1024;
    private const int Handovers = 400;

    /// <summary>All of it, for reports.</summary>
    public static string[][] Facts()
    {
        var (own, foreign) = Reading();
        return
        [
            ["multiply-adds of two cores : one", Text(Arithmetic(), 2)],
            ["a number to the other core and back, ns", Text(RoundTrip(), 0)],
            ["reading 256 KB that the same core wrote, GB/s", Text(own, 1)],
            ["reading 256 KB that the other core wrote, GB/s", Text(foreign, 1)],
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

    /// <summary>GB/s of reading 256 KB just written: by the same core, and by the other one.</summary>
    public static (double Own, double Foreign) Reading() => (Reading(isForeign: false), Reading(isForeign: true));

    private static double Reading(bool isForeign)
    {
        var block = new float[Block];
        var turn = 0;
        var ticks = 0L;
        var total = 0f;
        Both(side =>
        {
            for (var handover = 0; handover < Handovers; handover++)
            {
                while (Volatile.Read(ref turn) != 2 * handover + side) { }
                if (side == 0)
                {
                    block.AsSpan().Fill(handover);
                }
                if (side == (isForeign ? 1 : 0))
                {
                    var start = Stopwatch.GetTimestamp();
                    total += TensorPrimitives.Sum(block.AsSpan());
                    ticks += Stopwatch.GetTimestamp() - start;
                }
                Volatile.Write(ref turn, 2 * handover + side + 1);
            }
        });
        GC.KeepAlive(total);
        return 4.0 * Block * Handovers / Stopwatch.GetElapsedTime(0, ticks).TotalNanoseconds;
    }

    private static void Both(Action<int> work)
    {
        var other = new Thread(() => work(1));
        other.Start();
        work(0);
        other.Join();
    }
}
