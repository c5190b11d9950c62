using System.Globalization;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// GNU parallel, on this machine or over ssh on hosts that see the study's folder and the program by the same paths. A worker that dies is
/// started again, three times in all, on whichever host is free.
/// </summary>
public sealed class ParallelEngine : WorkerEngine
{
    // Begins the worker in the folder of this process, on whichever host, and is replaced by it.
    private const string InFolder = "cd \"$1\" && shift && exec \"$@\"";

    /// <inheritdoc/>
    public override string Name => "parallel";

    /// <inheritdoc/>
    public override string Meaning => "GNU parallel, also over ssh (hosts FILE)";

    /// <summary>
    /// The words of the call. Those of the worker are values (sources of one value each, but for the last), of which parallel makes words again; its
    /// command, in which it would replace <c>{#}</c> and the like, is <c>env</c> alone.
    /// </summary>
    /// <param name="order">What to start.</param>
    internal static IReadOnlyList<string> Words(WorkerOrder order)
    {
        string[] words =
        [
            // By env, since ssh carries no variables.
            .. WorkerProcess.ThreadVariables.Select(variable => $"{variable}={Print(order.Threads)}"),
            "sh",
            "-c",
            InFolder,
            "sh",
            Environment.CurrentDirectory,
            order.Command.Program,
            .. order.Command.Shared,
        ];
        var separator = SeparatorFor(words);
        return
        [
            "--arg-sep",
            separator,
            "--arg-file-sep",
            $"{separator}file",
            "--jobs",
            Print(order.AtOnce),
            "--retries",
            "3",
            "--joblog",
            LogFile(order.Root),
            .. order.Hosts is { } hosts ? (string[])["--sshloginfile", Path.GetFullPath(hosts)] : [],
            "env",
            .. words.SelectMany(word => (string[])[separator, word]),
            separator,
            .. Enumerable.Range(0, order.Command.Shards).Select(i => order.Command.ShardOf(Print(i))),
        ];
    }

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

    // No word begins with it.
    private static string SeparatorFor(IReadOnlyList<string> words)
    {
        var separator = ":::";
        while (words.Any(word => word.StartsWith(separator, StringComparison.Ordinal)))
        {
            separator += ":";
        }
        return separator;
    }

    private static string Print(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string LogFile(string root) => Path.Combine(root, "parallel.log");
}
