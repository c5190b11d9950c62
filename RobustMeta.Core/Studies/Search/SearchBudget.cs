namespace RobustMeta.Studies.Search;

/// <summary>When a search ends: as soon as one of the limits is reached; no limit is null.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="Epochs">Sum of the epochs of all runs; the last run may go past it.</param>
/// <param name="Time">Sum of what the runs took, as told; the last run may go past it.</param>
public sealed record SearchBudget(int? Runs = null, long? Epochs = null, TimeSpan? Time = null)
{
    /// <summary>Whether another run may begin.</summary>
    internal bool Allows(int runs, long epochs, TimeSpan time) =>
        !(runs >= Runs) && !(epochs >= Epochs) && !(time >= Time);

    /// <summary>Whether any limit is given: a search without one would not end.</summary>
    internal bool IsGiven => Runs is not null || Epochs is not null || Time is not null;
}
