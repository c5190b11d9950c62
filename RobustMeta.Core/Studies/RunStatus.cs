namespace RobustMeta.Studies;

/// <summary>A run of a plan and how far it is.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">How far it is.</param>
/// <param name="Reason">Why it diverged, what is damaged, or what it waits for; null where there is nothing to say.</param>
/// <param name="Folder">Its folder; null where that does not exist.</param>
public sealed record RunStatus(PlannedRun Run, RunState State, string? Reason, string? Folder);
