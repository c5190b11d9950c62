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

    /// <summary>It has not begun.</summary>
    Missing,
}
