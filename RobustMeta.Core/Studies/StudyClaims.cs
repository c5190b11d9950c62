using RobustMeta.Runtime;
using RobustMeta.Studies.Workers;

namespace RobustMeta.Studies;

/// <summary>
/// Several processes of one machine at one study: each piece of work is claimed by a file that its process holds locked, so
/// that no two processes do it at once. The lock goes with the process, however that ends.
/// </summary>
/// <param name="folder">Where the claims are; made when missing.</param>
public sealed class StudyClaims(string folder) : IStudyClaims
{
    private readonly string folder = folder ?? throw new ArgumentNullException(nameof(folder));

    /// <summary>
    /// Returns when every piece is done: first the pieces that no process has claimed, then, after waiting, what others
    /// have left unfinished.
    /// </summary>
    /// <param name="pieces">The work, in the order to do it.</param>
    /// <param name="waiting">Is told the name of a piece that another process holds.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">It was cancelled while it waited.</exception>
    public void Share(IEnumerable<StudyPiece> pieces, Action<string>? waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach (var piece in pieces.Where(piece => !TryWork(piece)).ToList())
        {
            WaitAndWork(piece, waiting, cancellation);
        }
    }

    /// <summary>Names of the pieces that a process works on now.</summary>
    public IReadOnlyList<string> Held() =>
        Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Where(IsHeld).Select(file => Path.GetFileName(file)).Order()]
            : [];

    // A claim that has ended since it was listed is not held.
    private static bool IsHeld(string file)
    {
        try
        {
            return FileLock.IsHeld(file);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // False: another process holds it.
    private bool TryWork(StudyPiece piece)
    {
        var file = Path.Combine(folder, piece.Name);
        using var claim = FileLock.TryOpen(file);
        if (claim is null)
        {
            return false;
        }
        piece.Work();
        // While still held: whoever opened the file just before finds the work done.
        File.Delete(file);
        return true;
    }

    private void WaitAndWork(StudyPiece piece, Action<string>? waiting, CancellationToken cancellation)
    {
        var isTold = false;
        while (!TryWork(piece))
        {
            if (!isTold)
            {
                waiting?.Invoke(piece.Name);
                isTold = true;
            }
            if (cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1)))
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }
}
