using System.Globalization;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// GNU parallel, on this machine or over ssh on hosts that see the study's folder and the program by the same paths. A worker that dies is
/// started again, three times in all, on whichever host is free.
/// </summary>
public sealed class ParallelEngine : WorkerEngine
{
    /// <inheritdoc/>
    public override string Name => "parallel";

    /// <inheritdoc/>
    public override string Meaning => "GNU parallel, also over ssh (hosts FILE)";

    /// <summary>The words of the call.</summary>
    /// <param name="order">What to start.</param>
    internal static IReadOnlyList<string> Words(WorkerOrder order) =>
        [
            "-q",
            "--jobs",
            order.AtOnce.ToString(CultureInfo.InvariantCulture),
            "--retries",
            "3",
            "--joblog",
            LogFile(order.Root),
            .. order.Hosts is { } hosts
                ? (string[])["--sshloginfile", Path.GetFullPath(hosts), "--workdir", Environment.CurrentDirectory]
                : [],
            // By env, since ssh carries no variables.
            "env",
            .. WorkerProcess.ThreadVariables.Select(variable =>
                string.Create(CultureInfo.InvariantCulture, $"{variable}={order.Threads}")
            ),
            order.Command.Program,
            .. order.Command.Of("{}"),
            ":::",
            .. Enumerable.Range(0, order.Command.Shards).Select(i => i.ToString(CultureInfo.InvariantCulture)),
        ];

    /// <inheritdoc/>
    public override string Submit(WorkerOrder order, CancellationToken cancellation)
    {
        using var asked = cancellation.Register(() => new StudyCancellation(order.Root).Ask());
        using var run = WorkerProcess.Start("parallel", Words(order));
        run.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return run.ExitCode == 0
            ? $"{RobustMeta.Runtime.Counted.Of(order.Command.Shards, "worker", "workers")} ended well"
            : throw new IOException(
                $"not all of {order.Command.Shards} workers ended well (code {run.ExitCode}; {LogFile(order.Root)} lists them); "
                    + "what they did is kept, and 'study retry' starts them again"
            );
    }

    /// <inheritdoc/>
    public override string? Cancel(string root) => null;

    private static string LogFile(string root) => Path.Combine(root, "parallel.log");
}
