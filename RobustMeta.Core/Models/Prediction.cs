using System.Collections.Immutable;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// What a model says about a batch. The engine minimises
/// <c>Σ_uj w_u v_uj (ℓ(Scores_uj + base_uj, y_uj) + QueryLoss_uj) + Σ_u w_u UserLoss_u + BatchLoss</c>; most models have
/// scores alone. The losses are read in training only, and may look at query labels.
/// </summary>
/// <param name="Scores">
/// Scores of the query items <c>[B, Q]</c> on top of the batch's base scores (which the engine adds): ratings, or logits
/// of a click. Finite in padded cells, else arbitrary there.
/// </param>
public sealed record Prediction(Tensor Scores)
{
    /// <summary>What is added to the loss of each query interaction, <c>[B, Q]</c>; null for nothing.</summary>
    public Tensor? QueryLoss { get; init; }

    /// <summary>What is added to each user's objective, <c>[B]</c>; null for nothing.</summary>
    public Tensor? UserLoss { get; init; }

    /// <summary>What is added to the objective of the batch, a scalar without weight; null for nothing.</summary>
    public Tensor? BatchLoss { get; init; }

    /// <summary>
    /// New values of state (<see cref="Parameter.IsState"/>) by name, which the engine writes after the batch; in
    /// evaluation nothing is written.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State { get; init; } = ImmutableDictionary<string, Tensor>.Empty;
}
