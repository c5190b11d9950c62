namespace RobustMeta.Studies.Search;

/// <summary>What every search is given.</summary>
/// <param name="Space">What is chosen from.</param>
/// <param name="Budget">When it ends.</param>
/// <param name="HigherIsBetter">Direction of the objective.</param>
public sealed record SearchTask(SearchSpace Space, SearchBudget Budget, bool HigherIsBetter)
{
    /// <summary>Seed of all draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Number of questions that may be open at once.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Epochs of a run that is trained in full.</summary>
    public int Epochs { get; init; } = 1;
}
