namespace RobustMeta.Training;

/// <summary>A training was asked to stop: it finished its batch and saved what it had; the message says what is saved.</summary>
/// <param name="message">What is saved, and what a further run does.</param>
/// <param name="cancellation">What asked.</param>
public sealed class TrainingInterruptedException(string message, CancellationToken cancellation)
    : OperationCanceledException(message, cancellation)
{
    /// <summary>The exception of a training that was stopped within an epoch.</summary>
    /// <param name="epoch">The epoch in which it was stopped, from 1.</param>
    /// <param name="isSaved">Whether the epochs before it are saved.</param>
    /// <param name="cancellation">What asked.</param>
    internal static TrainingInterruptedException In(int epoch, bool isSaved, CancellationToken cancellation) =>
        new(
            isSaved
                ? $"interrupted in epoch {epoch}; what was learned before it is saved, and the same command goes on with epoch {epoch}."
                : $"interrupted in epoch {epoch}, before anything of this run was saved; the same command starts this run anew, and no "
                    + "finished one.",
            cancellation
        );
}
