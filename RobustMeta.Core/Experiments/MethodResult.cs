using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>One fitted method and what it is worth.</summary>
/// <param name="Spec">The experiment.</param>
/// <param name="Users">One row per test set, user and metric.</param>
/// <param name="Training">
/// History of the training. A method that is not trained in epochs has none: its best epoch is 0, the validation value that of the
/// fitted method (NaN where it only orders items and the selection metric is one of errors).
/// </param>
/// <param name="Cost">What it cost.</param>
public sealed record MethodResult(
    ExperimentSpec Spec,
    IReadOnlyList<UserResult> Users,
    TrainingResult Training,
    RunCost Cost
)
{
    /// <summary>Parameters of the best epoch; empty for a method without any.</summary>
    public ParameterSet Parameters { get; init; } = new([]);

    /// <summary>Learned weights of the best epoch; null for a method that is not trained.</summary>
    public HierarchicalWeights? Weights { get; init; }

    /// <summary>Loss of each training query interaction at the best epoch, user after user; empty where no weights are learned.</summary>
    public IReadOnlyList<float> TrainingLosses { get; init; } = [];

    /// <summary>The members of a population over radii; empty for a single training. History and weights are the first's.</summary>
    public IReadOnlyList<PopulationMember> Members { get; init; } = [];

    /// <summary>Validation losses of the plain model and the reference candidates; empty where none were compared.</summary>
    public IReadOnlyList<ReferenceLoss> References { get; init; } = [];

    /// <summary>
    /// The result of comparing references with the plain model, in a sentence; null where none were compared, or where a warning
    /// of the training says it.
    /// </summary>
    public string? ReferenceChoice =>
        References.Count > 1
        && ReferenceCheck.Choice(References) is var choice
        && !Training.Warnings.Any(warning => warning.StartsWith(choice, StringComparison.Ordinal))
            ? choice
            : null;

    /// <summary>Whether the method was trained in epochs.</summary>
    public bool IsTrained => Weights is not null;
}
