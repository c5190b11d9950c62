using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>Weighted mean loss over a user's support interactions.</summary>
/// <param name="label">What is predicted.</param>
public sealed class SupportLoss(LabelKind label)
{
    /// <summary>
    /// <c>Σ_j a_uj ℓ_uj / Σ_j a_uj</c>, <c>[B]</c>. The mask is applied in the graph, so padding has no gradient.
    /// </summary>
    /// <param name="scores">Scores <c>[B, S]</c> on top of the bias offsets.</param>
    /// <param name="batch">The tasks.</param>
    public Tensor PerUser(Tensor scores, TaskTensors batch)
    {
        var losses = Losses.Of(label, scores.Plus(batch.Support.Offset), batch.Support.Labels);
        var weights = batch.SupportWeights * batch.Support.Mask;
        return (losses * weights).sum(1) / weights.sum(1);
    }
}
