namespace RobustMeta.Robustness;

/// <summary>
/// How weights ascend towards the worst case. A closed list: the rules are the geometries of mirror ascent (Euclidean, entropic, logits)
/// and the best response; which of them a set supports is the set's own affair (<see cref="MirrorSet"/>).
/// </summary>
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
    /// The exact maximiser, nested: interactions within each user, then users. Per batch it maximises over the batch, and
    /// nothing is kept from one batch to the next. There is no learning rate of the weights.
    /// </summary>
    BestResponse,

    /// <summary>Gradient steps on logits whose softmax the weights are; for <c>simplex</c>.</summary>
    SoftmaxLogits,
}
