namespace RobustMeta.Engine.Fused;

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
    private Action<int, int>? work;
    private int pieces;
    private int next;
    private int busy;
    private int sleeping;
    private int generation;
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
            threads[i] = new(() => Serve(worker)) { IsBackground = true, Name = $"engine {worker}" };
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
        (work, pieces, failure) = (piece, count, null);
        Volatile.Write(ref next, 0);
        Volatile.Write(ref busy, threads.Length);
        // A full fence: a thread that goes to sleep now either is seen below or sees the new generation.
        Interlocked.Increment(ref generation);
        if (Volatile.Read(ref sleeping) > 0)
        {
            WakeAll();
        }
        Share(0);
        var spin = new SpinWait();
        while (Volatile.Read(ref busy) > 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        if (failure is not null)
        {
            throw new InvalidOperationException("A worker of the fused engine failed.", failure);
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

    private void Serve(int worker)
    {
        var seen = 0;
        while (true)
        {
            Await(seen);
            if (stopped)
            {
                return;
            }
            seen = Volatile.Read(ref generation);
            Share(worker);
            Interlocked.Decrement(ref busy);
        }
    }

    private void Await(int seen)
    {
        for (var i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Volatile.Read(ref generation) != seen || stopped)
            {
                return;
            }
            Thread.SpinWait(20);
        }
        lock (gate)
        {
            Interlocked.Increment(ref sleeping);
            while (Volatile.Read(ref generation) == seen && !stopped)
            {
                Monitor.Wait(gate);
            }
            Interlocked.Decrement(ref sleeping);
        }
    }

    private void WakeAll()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void Share(int worker)
    {
        try
        {
            for (var i = Interlocked.Increment(ref next) - 1; i < pieces; i = Interlocked.Increment(ref next) - 1)
            {
                work!(worker, i);
            }
        }
        catch (Exception exception)
        {
            // Handed to the caller, who throws it.
            Interlocked.CompareExchange(ref failure, exception, null);
        }
    }
}
