namespace RobustMeta.Studies.Workers;

/// <summary>How processes that run the same study keep from doing the same work.</summary>
public interface IStudyClaims
{
    /// <summary>Does the pieces that no other process works on, each once.</summary>
    /// <param name="pieces">The work, in the order to do it.</param>
    /// <param name="waiting">Is told the name of a piece that another process holds.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">It was cancelled while it waited.</exception>
    void Share(IEnumerable<StudyPiece> pieces, Action<string>? waiting, CancellationToken cancellation);

    /// <summary>Names of the pieces that a process works on now.</summary>
    IReadOnlyList<string> Held();
}
