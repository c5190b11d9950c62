using RobustMeta.Evaluation;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>One trained method and what it is worth.</summary>
/// <param name="Spec">The experiment.</param>
/// <param name="Users">One row per test set, user and metric.</param>
/// <param name="Training">History of the training.</param>
/// <param name="Parameters">Parameters of the best epoch.</param>
/// <param name="Weights">Learned weights at the end.</param>
/// <param name="Cost">What it cost.</param>
public sealed record MethodResult(
    ExperimentSpec Spec,
    IReadOnlyList<UserResult> Users,
    TrainingResult Training,
    ParameterSet Parameters,
    HierarchicalWeights Weights,
    RunCost Cost
)
{
    /// <summary>The members of a population over radii; empty for a single training. History and weights are the first's.</summary>
    public IReadOnlyList<PopulationMember> Members { get; init; } = [];

    /// <summary>Validation losses of the plain model and the reference candidates; empty where none were compared.</summary>
    public IReadOnlyList<ReferenceLoss> References { get; init; } = [];
}
