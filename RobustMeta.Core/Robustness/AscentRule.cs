namespace RobustMeta.Robustness;

/// <summary>How weights climb towards the worst case.</summary>
public enum AscentRule
{
    /// <summary>A step along the losses, then Euclidean projection onto the set.</summary>
    ProjectedGradient,

    /// <summary>
    /// A factor exp(rate · loss), then Kullback–Leibler projection onto the set; for <c>simplex</c>, <c>kl</c> and
    /// <c>cvar</c>.
    /// </summary>
    ExponentiatedGradient,

    /// <summary>
    /// The exact maximiser, nested: interactions within each user, then users. Per batch it maximises over the batch and
    /// remembers nothing. The learning rates of the weights are not used.
    /// </summary>
    BestResponse,

    /// <summary>Gradient steps on logits whose softmax the weights are; for <c>simplex</c>.</summary>
    SoftmaxLogits,
}
