using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>The loss of each prediction, unreduced, so that weights apply to every one alike.</summary>
public static class Losses
{
    /// <summary>
    /// Squared error for ratings, binary cross-entropy with logits for clicks: log(1 + e^s) − y·s. Same shape as the
    /// inputs.
    /// </summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="scores">Predicted ratings or logits.</param>
    /// <param name="labels">Ratings, or 0/1.</param>
    public static Tensor Of(LabelKind label, Tensor scores, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        return label == LabelKind.Click ? scores.Softplus() - labels * scores : (scores - labels).Squared();
    }

    /// <summary>
    /// What a score leaves unexplained: y − s for ratings, y − σ(s) for clicks, which is the descent direction of the
    /// loss up to a factor. Same shape as the inputs.
    /// </summary>
    /// <param name="label">What is predicted.</param>
    /// <param name="scores">Predicted ratings or logits.</param>
    /// <param name="labels">Ratings, or 0/1.</param>
    public static Tensor Residual(LabelKind label, Tensor scores, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        return labels - (label == LabelKind.Click ? scores.sigmoid() : scores);
    }
}
