using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>A Slurm job array, one task a worker; see <see cref="SlurmScript"/>.</summary>
public sealed class SlurmEngine : WorkerEngine
{
    private const int LeastMinutes = 5;

    /// <inheritdoc/>
    public override string Name => "slurm";

    /// <inheritdoc/>
    public override string Meaning => "a Slurm job array; needs sbatch and a folder that all nodes see";

    /// <inheritdoc/>
    public override void Check(WorkerOrder order)
    {
        base.Check(order);
        if (order.Minutes < LeastMinutes)
        {
            throw new SettingException(
                $"minutes is {order.Minutes}; expected at least {LeastMinutes}, since a worker is told to save two minutes before its limit"
            );
        }
        // Slurm takes backslashes out of the path of its logs, and then puts no numbers in.
        if (order.Root.Contains('\\', StringComparison.Ordinal))
        {
            throw new SettingException(
                $"out is '{order.Root}', which holds a backslash; Slurm writes no logs to such a path. Name another folder, e.g. out results."
            );
        }
    }

    /// <inheritdoc/>
    public override string Submit(WorkerOrder order, CancellationToken cancellation)
    {
        var words = Words(order);
        Directory.CreateDirectory(Logs(order));
        var script = Script(order);
        DurableFile.Write(script, SlurmScript.Of(order));
        var (code, output) = WorkerProcess.Read("sbatch", words);
        // With several clusters: JOB;CLUSTER.
        var job = output.Split(';')[0];
        if (code != 0 || !IsJob(job))
        {
            throw new IOException($"sbatch did not take {script} (code {code}): {output}");
        }
        // Those that still wait or run are cancelled with it.
        DurableFile.Write(JobFile(order.Root), string.Join('\n', [.. Queued(order.Root).Select(one => one.Job), job]));
        return $"job {job}: {Counted.Of(order.Command.Shards, "worker", "workers")}; 'study NAME status' tells how far they are, {Logs(order)} what they say";
    }

    /// <summary>The words of sbatch.</summary>
    /// <param name="order">What to start.</param>
    internal static IReadOnlyList<string> Words(WorkerOrder order) =>
        ["--parsable", $"--output={Logs(order).Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log", Script(order)];

    /// <inheritdoc/>
    public override string? Waiting(string root) =>
        Queued(root) is { Count: > 0 } queued
            ? string.Join(
                "; ",
                queued.Select(one =>
                    $"job {one.Job} has {Counted.Of(one.Pending, "task", "tasks")} in the queue and {one.Running} running"
                )
            )
            : null;

    /// <inheritdoc/>
    public override string? Cancel(string root)
    {
        var jobs = Jobs(root);
        if (jobs.Count == 0)
        {
            return null;
        }
        // Those that run end by themselves and save first; without a name for their state all would be killed.
        var (code, output) = WorkerProcess.Read("scancel", ["--state=PENDING", .. jobs]);
        var named = $"{(jobs.Count == 1 ? "job" : "jobs")} {string.Join(", ", jobs)}";
        return code == 0
            ? $"{named}: tasks that wait are taken out of the queue, those that run end as soon as they have saved"
            : throw new IOException($"scancel failed for {named} (code {code}): {output}");
    }

    // The jobs of a study's folder that Slurm still has, each with the number of its tasks.
    private static IReadOnlyList<(string Job, int Pending, int Running)> Queued(string root)
    {
        var jobs = Jobs(root);
        if (jobs.Count == 0)
        {
            return [];
        }
        return
        [
            .. Queue()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 2 && jobs.Contains(words[0]))
                .GroupBy(words => words[0], words => words[1])
                .Select(tasks =>
                    (tasks.Key, tasks.Count(state => state == "PENDING"), tasks.Count(state => state != "PENDING"))
                ),
        ];
    }

    // All jobs of the user: squeue fails where it is asked for one that has ended. Nothing where it cannot be asked.
    private static string Queue()
    {
        try
        {
            var (code, output) = WorkerProcess.Read("squeue", "--me", "--noheader", "--array", "--format=%F %T");
            return code == 0 ? output : "";
        }
        catch (SettingException)
        {
            return "";
        }
    }

    // One a line: a job whose tasks still waited when another was submitted stands beside that.
    private static IReadOnlyList<string> Jobs(string root)
    {
        if (!File.Exists(JobFile(root)))
        {
            return [];
        }
        var jobs = RegularFile
            .Text(JobFile(root))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return jobs.FirstOrDefault(job => !IsJob(job)) is { } other
            ? throw new IOException($"{JobFile(root)} holds '{other}', which is no job number; delete it")
            : jobs;
    }

    private static string Logs(WorkerOrder order) => Path.Combine(order.Root, "logs");

    private static string Script(WorkerOrder order) => Path.Combine(order.Root, "workers.sbatch");

    private static string JobFile(string root) => Path.Combine(root, "slurm-job");

    private static bool IsJob(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
