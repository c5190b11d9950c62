using RobustMeta.Evaluation;

namespace RobustMeta.Experiments;

/// <summary>A fitted baseline and what it is worth.</summary>
/// <param name="Spec">The run.</param>
/// <param name="Users">One row per test set, user and metric.</param>
/// <param name="Validation">Value of the selection metric on the validation users; NaN if it is none of its metrics.</param>
/// <param name="Cost">What it cost.</param>
public sealed record BaselineResult(
    BaselineRunSpec Spec,
    IReadOnlyList<UserResult> Users,
    double Validation,
    RunCost Cost
);
