namespace RobustMeta.Runtime;

/// <summary>
/// A few threads that wait for work and share it: one a core, the caller among them. Work is a number of independent
/// pieces; which thread does which piece is left open, so pieces must write to places of their own. Each thread begins with a range of
/// pieces of its own, so that those of the same place in successive runs find in its cache what they left there; whoever is done with
/// that takes pieces from the end of another's.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // Batches follow each other within microseconds while training; a thread that slept would need longer to wake up.
    // Nor does the caller yield before that: on a busy machine another program would keep the processor for milliseconds.
    private const int SpinsBeforeSleep = 1000;
    private const int Pause = 4;

    // A range of units in a number: the run in the upper half, then the first unit and the end. Ranges stand in cache lines of their own,
    // and so does the number of pieces that are done: what changes while a run goes on must not share a line with what all read.
    private const int MaxUnits = ushort.MaxValue;
    private const int LineStride = 16;

    private readonly Thread[] threads;
    private readonly object gate = new();
    private readonly long[] lines;

    // What the pieces of the run are, some in a row to a unit. They change only while all ranges are empty.
    private Action<int, int>? work;
    private int pieces;
    private int grain;
    private long run;
    private int sleeping;
    private volatile bool stopped;
    private Exception? failure;

    /// <summary>A pool of a number of threads.</summary>
    public WorkerPool(int count)
    {
        Count = count;
        threads = new Thread[count - 1];
        lines = new long[(count + 3) * LineStride];
        for (var i = 0; i < threads.Length; i++)
        {
            var worker = i + 1;
            threads[i] = new(() => Serve(worker)) { IsBackground = true, Name = $"worker {worker}" };
            threads[i].Start();
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Count { get; }

    /// <summary>Does all pieces and returns.</summary>
    /// <param name="count">Number of pieces.</param>
    /// <param name="piece">Gets the worker's number, below <see cref="Count"/>, and the piece's.</param>
    public void Run(int count, Action<int, int> piece)
    {
        if (threads.Length == 0 || count <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                piece(0, i);
            }
            return;
        }
        Open(count, piece);
        if (Volatile.Read(ref sleeping) > 0)
        {
            WakeAll();
        }
        Share(0);
        // For pieces, not for threads: one that the system keeps from running has nothing that must be waited for.
        for (var i = 0; Volatile.Read(ref Finished) < count; i++)
        {
            if (i < SpinsBeforeSleep)
            {
                Thread.SpinWait(Pause);
            }
            else
            {
                Thread.Yield();
            }
        }
        if (failure is not null)
        {
            throw new InvalidOperationException("A worker thread failed.", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopped = true;
        WakeAll();
        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    // Nobody can take a unit before its range is written, nor after: a thread that comes late from the run before finds the ranges
    // empty, or takes part in this run.
    private void Open(int count, Action<int, int> piece)
    {
        (work, pieces, failure, Finished) = (piece, count, null, 0);
        grain = (count + MaxUnits - 1) / MaxUnits;
        var units = (long)(count + grain - 1) / grain;
        for (var thread = 0; thread < Count; thread++)
        {
            var (first, end) = (units * thread / Count, units * (thread + 1) / Count);
            Volatile.Write(ref RangeOf(thread), ((run + 1) << 32) | (first << 16) | end);
        }
        // A full fence: a thread that goes to sleep now either is seen by the caller or sees the new run.
        Interlocked.Increment(ref run);
    }

    private void Serve(int worker)
    {
        long seen = 0;
        while (true)
        {
            seen = Await(seen);
            if (stopped)
            {
                return;
            }
            Share(worker);
        }
    }

    // Waits for a run that is not the last one seen, and says which.
    private long Await(long seen)
    {
        for (var i = 0; i < SpinsBeforeSleep; i++)
        {
            if (IsNew(seen, out var latest) || stopped)
            {
                return latest;
            }
            Thread.SpinWait(Pause);
        }
        lock (gate)
        {
            Interlocked.Increment(ref sleeping);
            long latest;
            while (!IsNew(seen, out latest) && !stopped)
            {
                Monitor.Wait(gate);
            }
            Interlocked.Decrement(ref sleeping);
            return latest;
        }
    }

    private bool IsNew(long seen, out long latest)
    {
        latest = Volatile.Read(ref run);
        return latest != seen;
    }

    private void WakeAll()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private ref long Finished => ref lines[LineStride];

    private ref long RangeOf(int thread) => ref lines[(thread + 2) * LineStride];

    // Its own range first, then those of the others. What was done is told once: until then the run goes on, so all of it is of one run.
    private void Share(int worker)
    {
        var done = 0;
        for (var i = 0; i < Count; i++)
        {
            while (TryTake(ref RangeOf((worker + i) % Count), isOwn: i == 0, out var unit))
            {
                done += Do(worker, unit);
            }
        }
        if (done > 0)
        {
            Interlocked.Add(ref Finished, done);
        }
    }

    // Does the pieces of a unit, and says how many they are.
    private int Do(int worker, int unit)
    {
        var first = unit * grain;
        var end = (int)Math.Min(pieces, (unit + 1L) * grain);
        for (var piece = first; piece < end; piece++)
        {
            try
            {
                work!(worker, piece);
            }
            catch (Exception exception)
            {
                // Handed to the caller, who throws it.
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
        return end - first;
    }

    private static bool TryTake(ref long range, bool isOwn, out int unit)
    {
        while (true)
        {
            var seen = Volatile.Read(ref range);
            var (first, end) = ((int)(seen >> 16) & MaxUnits, (int)seen & MaxUnits);
            unit = isOwn ? first : end - 1;
            if (first == end)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref range, isOwn ? seen + (1 << 16) : seen - 1, seen) == seen)
            {
                return true;
            }
        }
    }
}
