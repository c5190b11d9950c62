namespace RobustMeta.Studies;

/// <summary>A piece of work that one process does as a whole.</summary>
/// <param name="Name">Name that all processes know it by; a valid file name.</param>
/// <param name="Work">What to do. Doing it again when it is done costs little.</param>
public sealed record StudyPiece(string Name, Action Work)
{
    /// <summary>Whether it is done, where that is told faster than by doing it again; null: it is not.</summary>
    public Func<bool>? IsDone { get; init; }
}
