namespace RobustMeta.Runtime;

/// <summary>
/// A lock between processes that stands as a file. The system takes it back when its process ends, however that happens, so that no
/// lock is ever left behind.
/// </summary>
public sealed class FileLock : IDisposable
{
    // What the system says of a file that another process holds: Linux, macOS, Windows.
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly FileStream stream;
    private readonly string path;

    private FileLock(string path, FileStream stream)
    {
        this.path = path;
        this.stream = stream;
    }

    /// <summary>Takes the lock, waiting for whoever holds it.</summary>
    /// <param name="path">The lock's file; its folder exists.</param>
    /// <param name="waiting">Is called once where another process holds it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileLock Take(string path, Action? waiting = null, CancellationToken cancellation = default)
    {
        var isTold = false;
        while (true)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }
            if (!isTold)
            {
                waiting?.Invoke();
                isTold = true;
            }
            cancellation.WaitHandle.WaitOne(Pause);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives the lock back and removes its file.</summary>
    public void Dispose()
    {
        try
        {
            // While it is still held: whoever opened it meanwhile finds that it is gone and opens anew.
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // An empty file more; the lock itself ends with the stream.
        }
        stream.Dispose();
    }

    /// <summary>Whether a process holds the lock now.</summary>
    /// <param name="path">The lock's file; it exists.</param>
    internal static bool IsHeld(string path)
    {
        using var stream = TryOpen(path, FileMode.Open, FileAccess.Read);
        return stream is null;
    }

    /// <summary>Opens a lock's file for this process alone; null where another one holds it.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="mode">Whether it is made.</param>
    /// <param name="access">To ask alone, reading is enough.</param>
    internal static FileStream? TryOpen(
        string path,
        FileMode mode = FileMode.OpenOrCreate,
        FileAccess access = FileAccess.ReadWrite
    )
    {
        try
        {
            return new(path, mode, access, FileShare.None, 1);
        }
        catch (IOException error) when (HeldCodes.Contains(error.HResult))
        {
            return null;
        }
    }

    private static FileLock? TryTake(string path)
    {
        var stream = TryOpen(path);
        if (stream is null)
        {
            return null;
        }
        if (IsRemoved(stream))
        {
            stream.Dispose();
            return null;
        }
        return new(path, stream);
    }

    // A file that its holder removed between our opening and locking it is no lock: others lock a new one. Windows does not
    // remove open files; elsewhere than on Linux the gap remains, of microseconds, and costs work done twice.
    private static bool IsRemoved(FileStream stream) =>
        OperatingSystem.IsLinux()
        && new FileInfo($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}").LinkTarget is { } target
        && target.EndsWith(" (deleted)", StringComparison.Ordinal);
}
