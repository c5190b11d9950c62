namespace RobustMeta.Runtime;

/// <summary>
/// The largest working set of this process while something runs, looked at every few milliseconds from another thread:
/// native memory counts, and so does what the process held before.
/// </summary>
public sealed class PeakMemory : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly Timer timer;
    private long peak = Environment.WorkingSet;

    /// <summary>Starts to look.</summary>
    public PeakMemory() => timer = new(_ => Look(), null, Interval, Interval);

    /// <summary>The largest working set so far, in bytes.</summary>
    public long Bytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref peak);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

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
