using System.Globalization;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// The batch script of a Slurm job array, one task a worker: requeued when its node is lost; told by USR1 before the time limit, it ends the worker,
/// which leaves a checkpoint, and goes back into the queue; a worker that dies is started again three times, one whose input is wrong is not.
/// What comes from the user stands in it as quoted words alone, none of it in a directive: <see cref="SlurmEngine"/> hands paths to sbatch.
/// </summary>
public static class SlurmScript
{
    /// <summary>Seconds between the signal and the time limit.</summary>
    private const int Notice = 120;

    /// <summary>The text of the script.</summary>
    /// <param name="order">What to start.</param>
    public static string Of(WorkerOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var command = order.Command;
        // The index, which begins the last word, is put in by the shell; all else stands in quotes.
        IEnumerable<string> words =
        [
            .. command.Shared.Prepend(command.Program).Select(WorkerCommand.Quote),
            $"\"$SLURM_ARRAY_TASK_ID\"{WorkerCommand.Quote(command.ShardOf(""))}",
        ];
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            #!/usr/bin/env bash
            #SBATCH --array=0-{{command.Shards - 1}}%{{order.AtOnce}}
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --signal=B:USR1@{{Notice}}
            #SBATCH --time={{order.Minutes}}
            #SBATCH --cpus-per-task={{order.Threads}}
            {{Memory(order)}}#SBATCH --job-name=robustmeta
            export {{string.Join(' ', WorkerProcess.ThreadVariables.Select(name => $"{name}={order.Threads}"))}}
            work=({{string.Join(' ', words)}})
            trap 'kill -TERM "$worker"; wait "$worker"; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1
            for attempt in 1 2 3; do
              "${work[@]}" &
              worker=$!
              wait "$worker"
              code=$?
              case $code in 0|2) exit $code ;; esac
            done
            exit 1

            """
        );
    }

    private static string Memory(WorkerOrder order) =>
        order.Memory is { } memory ? string.Create(CultureInfo.InvariantCulture, $"#SBATCH --mem={memory}M\n") : "";
}
