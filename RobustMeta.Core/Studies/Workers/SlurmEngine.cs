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
        DurableFile.Write(JobFile(order.Root), job);
        return $"job {job}: {Counted.Of(order.Command.Shards, "worker", "workers")}; 'study NAME status' tells how far they are, {Logs(order)} what they say";
    }

    /// <summary>The words of sbatch.</summary>
    /// <param name="order">What to start.</param>
    internal static IReadOnlyList<string> Words(WorkerOrder order) =>
        ["--parsable", $"--output={Logs(order).Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log", Script(order)];

    /// <inheritdoc/>
    public override string? Cancel(string root)
    {
        if (!File.Exists(JobFile(root)))
        {
            return null;
        }
        var job = RegularFile.Text(JobFile(root)).Trim();
        if (!IsJob(job))
        {
            throw new IOException($"{JobFile(root)} holds '{job}', which is no job number; delete it");
        }
        // Those that run end by themselves and save first; without a name for their state all would be killed.
        var (code, output) = WorkerProcess.Read("scancel", "--state=PENDING", job);
        return code == 0
            ? $"job {job}: tasks that wait are taken out of the queue, those that run end as soon as they have saved"
            : throw new IOException($"scancel failed for job {job} (code {code}): {output}");
    }

    private static string Logs(WorkerOrder order) => Path.Combine(order.Root, "logs");

    private static string Script(WorkerOrder order) => Path.Combine(order.Root, "workers.sbatch");

    private static string JobFile(string root) => Path.Combine(root, "slurm-job");

    private static bool IsJob(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
