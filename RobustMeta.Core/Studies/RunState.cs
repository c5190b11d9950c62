namespace RobustMeta.Studies;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>Its results are complete.</summary>
    Done,

    /// <summary>A process works on it, or on the runs that are done together with it.</summary>
    Running,

    /// <summary>It has begun; the next start goes on from its checkpoint.</summary>
    Interrupted,

    /// <summary>Training diverged, and would do so again.</summary>
    Diverged,

    /// <summary>It was finished, and its files were changed, cut or lost since; the next start makes it again.</summary>
    Damaged,

    /// <summary>It has not begun.</summary>
    Missing,
}
