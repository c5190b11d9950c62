using System.Diagnostics;

namespace RobustMeta.Runtime;

/// <summary>
/// The largest working set of this process while something runs: native memory counts, and so does what the process held before. Exact
/// where the process never held as much until then; below that the largest of looks from another thread.
/// </summary>
public sealed class PeakMemory : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Timer timer;
    private readonly long before = OfProcess();
    private long peak = Environment.WorkingSet;

    /// <summary>Starts to look.</summary>
    public PeakMemory() => timer = new(_ => Look(), null, Interval, Interval);

    /// <summary>The largest working set so far, in bytes.</summary>
    public long Bytes
    {
        get
        {
            Look();
            var ever = OfProcess();
            return ever > before ? ever : Interlocked.Read(ref peak);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    // Since the process began; the system keeps it.
    private static long OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private void Look()
    {
        var now = Environment.WorkingSet;
        var seen = Interlocked.Read(ref peak);
        while (now > seen && Interlocked.CompareExchange(ref peak, now, seen) is var other && other != seen)
        {
            seen = other;
        }
    }
}
