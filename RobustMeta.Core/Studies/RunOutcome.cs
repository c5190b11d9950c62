using RobustMeta.Experiments;

namespace RobustMeta.Studies;

/// <summary>State of a run.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Folder">Its folder, which may not exist yet.</param>
/// <param name="Reason">Why training diverged, or what is damaged; null otherwise.</param>
public sealed record RunOutcome(RunState State, RunFolder Folder, string? Reason)
{
    /// <summary>Whether nothing is left to do.</summary>
    public bool IsSettled => State is RunState.Done or RunState.Diverged;
}
