namespace RobustMeta.Studies.Workers;

/// <summary>Processes of this machine. One that dies is started again, three times in all; one whose input is wrong is not.</summary>
public sealed class LocalEngine : WorkerEngine
{
    private const int Attempts = 3;

    // Ended well, wrong input, and ended by HUP, INT or TERM.
    private static readonly int[] Final = [0, 2, 129, 130, 143];

    /// <inheritdoc/>
    public override string Name => "local";

    /// <inheritdoc/>
    public override string Meaning => "processes of this machine; a dead one is started again";

    /// <inheritdoc/>
    public override string Submit(WorkerOrder order, CancellationToken cancellation)
    {
        var codes = new int[order.Command.Shards];
        var next = -1;
        IOException? unsaid = null;
        // Workers that are asked to end save what they have; a signal of ours would be the second after Ctrl+C's.
        using var asked = cancellation.Register(() => new StudyCancellation(order.Root).Ask());
        var keepers = Enumerable.Range(0, Math.Min(order.AtOnce, codes.Length)).Select(_ => new Thread(Keep)).ToList();
        keepers.ForEach(keeper => keeper.Start());
        keepers.ForEach(keeper => keeper.Join());
        cancellation.ThrowIfCancellationRequested();
        if (unsaid is not null)
        {
            throw new IOException($"{unsaid.Message}; workers are not started again", unsaid);
        }
        var failed = codes.Count(code => code != 0);
        return failed == 0
            ? $"{RobustMeta.Runtime.Counted.Of(codes.Length, "worker", "workers")} ended well"
            : throw new IOException(
                $"{failed} of {codes.Length} workers failed (codes {string.Join(", ", codes)}); what they did is kept, and "
                    + "'study retry' starts them again"
            );

        void Keep()
        {
            while (unsaid is null && Interlocked.Increment(ref next) is var index && index < codes.Length)
            {
                try
                {
                    codes[index] = KeepOne(order, index, cancellation);
                }
                catch (IOException error)
                {
                    // Nobody reads what is said; the workers write to the same place, and would end by that again.
                    unsaid = error;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override string? Cancel(string root) => null;

    private static int KeepOne(WorkerOrder order, int index, CancellationToken cancellation)
    {
        var code = 0;
        for (var attempt = 0; attempt < Attempts && !cancellation.IsCancellationRequested; attempt++)
        {
            if (attempt > 0)
            {
                order.Say($"worker {index} ended with code {code}; it is started again");
            }
            using var worker = WorkerProcess.Start(
                order.Command.Program,
                order.Command.Of(index.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                order.Threads
            );
            worker.WaitForExit();
            code = worker.ExitCode;
            if (Final.Contains(code))
            {
                return code;
            }
        }
        return code;
    }
}
