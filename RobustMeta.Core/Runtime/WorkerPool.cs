namespace RobustMeta.Runtime;

/// <summary>
/// A few threads that wait for work and share it: one a core, the caller among them. Work is a number of independent
/// pieces; which thread does which piece is left open, so pieces must write to places of their own.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // Batches follow each other within microseconds while training; a thread that slept would need longer to wake up.
    private const int SpinsBeforeSleep = 200;

    private readonly Thread[] threads;
    private readonly object gate = new();

    // What the pieces of the run that is open are. They change only while no run is open.
    private Action<int, int>? work;
    private int pieces;

    // Number of the run in the upper half, of the next piece in the lower. Even runs are open; odd ones are the gaps between.
    private long state;
    private int finished;
    private int sleeping;
    private volatile bool stopped;
    private Exception? failure;

    /// <summary>A pool of a number of threads.</summary>
    public WorkerPool(int count)
    {
        Count = count;
        threads = new Thread[count - 1];
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
        var spin = new SpinWait();
        while (Volatile.Read(ref finished) < count)
        {
            spin.SpinOnce(sleep1Threshold: -1);
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

    // A thread that comes late from the run before holds its old state: once that has changed it cannot take a piece, and
    // so it never reads the work half changed.
    private void Open(int count, Action<int, int> piece)
    {
        var run = (state >> 32) + 2;
        Interlocked.Exchange(ref state, (run - 1) << 32);
        (work, pieces, failure, finished) = (piece, count, null, 0);
        // A full fence: a thread that goes to sleep now either is seen by the caller or sees the new run.
        Interlocked.Exchange(ref state, run << 32);
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
            if (IsNew(seen, out var run) || stopped)
            {
                return run;
            }
            Thread.SpinWait(20);
        }
        lock (gate)
        {
            Interlocked.Increment(ref sleeping);
            long run;
            while (!IsNew(seen, out run) && !stopped)
            {
                Monitor.Wait(gate);
            }
            Interlocked.Decrement(ref sleeping);
            return run;
        }
    }

    private bool IsNew(long seen, out long run)
    {
        run = Volatile.Read(ref state) >> 32;
        return run != seen && IsOpen(run);
    }

    private static bool IsOpen(long run) => run % 2 == 0;

    private void WakeAll()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void Share(int worker)
    {
        while (TryTake(out var piece))
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
            Interlocked.Increment(ref finished);
        }
    }

    // While a piece is taken and not finished its run stays open.
    private bool TryTake(out int piece)
    {
        while (true)
        {
            var seen = Volatile.Read(ref state);
            piece = (int)(seen & uint.MaxValue);
            if (!IsOpen(seen >> 32) || piece >= Volatile.Read(ref pieces))
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref state, seen + 1, seen) == seen)
            {
                return true;
            }
        }
    }
}
