using RobustMeta.Runtime;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// Ends the workers of a study wherever they run: a file in the study's folder, which every worker looks for. A worker that finds it
/// finishes its batch, saves what it learned and ends well, so that no engine starts it again.
/// </summary>
/// <param name="root">The study's folder.</param>
public sealed class StudyCancellation(string root)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The file that says so.</summary>
    public string Mark { get; } = Path.Combine(root ?? throw new ArgumentNullException(nameof(root)), "cancelled");

    /// <summary>Whether the workers are asked to end.</summary>
    public bool IsAsked => File.Exists(Mark);

    /// <summary>Asks the workers to end.</summary>
    public void Ask()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Mark))!);
        DurableFile.Write(Mark, "study retry takes this file away and goes on\n");
    }

    /// <summary>Takes that back, so that workers can be started again.</summary>
    public void Withdraw() => File.Delete(Mark);

    /// <summary>Cancels a source as soon as the workers are asked to end.</summary>
    /// <param name="source">What is cancelled.</param>
    /// <returns>Ends the watch when it is disposed.</returns>
    public IDisposable Watch(CancellationTokenSource source)
    {
        // A timer's thread would end the process.
        ArgumentNullException.ThrowIfNull(source);
        return new Timer(
            _ =>
            {
                if (IsAsked && !source.IsCancellationRequested)
                {
                    source.Cancel();
                }
            },
            null,
            TimeSpan.Zero,
            Pause
        );
    }
}
