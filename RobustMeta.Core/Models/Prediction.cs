using System.Collections.Immutable;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// What a model says about a batch. The engine minimises
/// <c>Σ_uj w_u v_uj (ℓ(Scores_uj + base_uj, y_uj) + QueryLoss_uj) + Σ_u w_u UserLoss_u</c>, and what
/// <see cref="MetaRecommender.Together"/> adds for the batch; most models have scores alone. The losses are read in training
/// only, and may look at query labels.
/// <para>
/// Every row is a function of its own user: what stands for one user does not depend on who else is in the batch. So engines
/// may cut a batch into parts and compute them one by one or side by side.
/// </para>
/// </summary>
/// <param name="Scores">
/// Scores of the query items <c>[B, Q]</c> on top of the batch's bias offsets (which the engine adds): ratings, or logits
/// of a click. Finite in padded cells, else arbitrary there.
/// </param>
public sealed record Prediction(Tensor Scores)
{
    /// <summary>What is added to the loss of each query interaction, <c>[B, Q]</c>; null for nothing.</summary>
    public Tensor? QueryLoss { get; init; }

    /// <summary>What is added to each user's objective, <c>[B]</c>; null for nothing.</summary>
    public Tensor? UserLoss { get; init; }

    /// <summary>
    /// What each user hands in to the batch as a whole, rows <c>[B, …]</c> in the order of the users, for
    /// <see cref="MetaRecommender.Together"/>; most models hand in nothing.
    /// </summary>
    public ImmutableArray<Tensor> Shared { get; init; } = [];
}
